import { containerImageName, type Need } from '../../../constructs/core/need';
import { UsageError } from '../../../rehearsal/runner/failure';
import type { Answer, Tool } from '../tool';
import { checkAccount, checkDelegation } from './aws';
import { checkConnection } from './connection';
import type { Finding, Verdict, World } from './finding';
import { checkContainerImage, checkImage } from './image';
import { checkApi, checkProject, checkStateBucket } from './project';
import { checkSecret } from './secret';
import { checkSource } from './source';
import { checkTerraformLogin, checkToken } from './token';

/** Looks for a need. It throws for nothing that the cloud says: whoever cannot be asked has told nothing. */
export function look(need: Need, world: World, estate: string): Finding {
  const what = nameOf(need);
  try {
    return { what, ...verdictOf(need, world, estate) };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const [first = '', ...more] = error.message.split('\n');
    const remark = [first, ...more.filter((line) => line.trim() !== '').slice(0, 1)].join(' ').slice(0, 300);
    const logins = loginOf(remark);
    return { what, state: need.kind === 'aws-account' && logins.length > 0 ? 'missing' : 'cannot be told', remark, mend: logins };
  }
}

/** The command that a message like "not logged in. Run make auth" asks for. */
function loginOf(remark: string): string[] {
  return [...remark.matchAll(/not logged in[^.]*\. Run (make auth|aws configure sso)/g)].map(([, command = '']) => command);
}

function verdictOf(need: Need, world: World, estate: string): Verdict {
  switch (need.kind) {
    case 'project':
      return checkProject(need, world);
    case 'aws-account':
      return checkAccount(need, world);
    case 'token':
      return checkToken(need, world);
    case 'terraform-login':
      return checkTerraformLogin(need, world);
    case 'state-bucket':
      return checkStateBucket(need, world, estate);
    case 'api':
      return checkApi(need, world);
    case 'repository-connection':
      return checkConnection(need, world);
    case 'source':
      return checkSource(need, world);
    case 'image':
      return checkImage(need, world);
    case 'secret':
      return checkSecret(need, world, estate);
    case 'container-image':
      return checkContainerImage(need, world);
    case 'delegation':
      return checkDelegation(need, world);
  }
}

/** As a person would name it. */
export function nameOf(need: Need): string {
  switch (need.kind) {
    case 'project':
      return `project ${need.project}`;
    case 'aws-account':
      return need.accountId === undefined ? "AWS's login" : `AWS's login, of account ${need.accountId}`;
    case 'token':
      return `${need.variable}, ${need.is}`;
    case 'terraform-login':
      return `Terraform's login at ${need.hostname}`;
    case 'state-bucket':
      return `state bucket ${need.bucket}`;
    case 'api':
      return `API ${need.api}`;
    case 'repository-connection':
      return `repository ${need.repository} of connection ${need.connection}`;
    case 'source':
      return `source of ${need.of}, ${need.repository}`;
    case 'image':
      return need.name === undefined ? `image family ${need.family}` : `image ${need.name}`;
    case 'secret':
      return `secret ${need.name}, ${need.is}`;
    case 'container-image':
      return `container image ${containerImageName(need)}`;
    case 'delegation':
      return `delegation of ${need.domain}`;
  }
}

/** Asks each question once: several needs are in one list. */
export function remembering(tool: Pick<Tool, 'ask'>): Pick<Tool, 'ask'> {
  const answers = new Map<string, Answer<unknown>>();
  return {
    ask<T>(...args: string[]): Answer<T> {
      const question = JSON.stringify(args);
      const answer = answers.get(question) ?? tool.ask(...args);
      answers.set(question, answer);
      return answer as Answer<T>;
    },
  };
}

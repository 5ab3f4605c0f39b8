import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeReal } from '../support/real';
import { ROOT } from '../support/repository';

const WORKFLOW = join(ROOT, 'estates/moshi/delivery/generated/.github/workflows/moshi.yml');

/** Lints a workflow's text. Its own shell checks are off: every command is one `make`. */
function lint(text: string): { code: number | null; output: string } {
  const file = join(mkdtempSync(join(tmpdir(), 'workflow-')), 'workflow.yml');
  writeFileSync(file, text);
  const { status, stdout, stderr } = spawnSync('actionlint', ['-no-color', '-shellcheck=', '-pyflakes=', file], { encoding: 'utf8' });
  return { code: status, output: stdout + stderr };
}

describeReal(['actionlint'], 'the generated workflow', () => {
  const workflow = readFileSync(WORKFLOW, 'utf8');

  test('is one that GitHub understands', () => {
    expect(lint(workflow)).toEqual({ code: 0, output: '' });
  });

  test.each([
    ['a job that waits for one that is not there', 'needs: roll-dev', 'needs: roll-development', 'needs job "roll-development" which does not exist'],
    ['an input that is not declared', 'if: inputs.production', 'if: inputs.prod', 'property "prod" is not defined'],
    ['a permission that does not exist', 'id-token: write', 'id_token: write', 'unknown permission scope "id_token"'],
  ])('%s would be found', (_, from, to, says) => {
    expect(workflow).toContain(from);
    const { code, output } = lint(workflow.replace(from, to));
    expect(code).toBe(1);
    expect(output).toContain(says);
  });
});

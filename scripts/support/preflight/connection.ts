import type { RepositoryConnectionNeed } from '../../../constructs/core/need';
import { enable, judged, missing, ok, type Verdict, type World } from './finding';

interface Connection {
  readonly installationState?: { readonly stage?: string; readonly message?: string; readonly actionUri?: string };
}

export function checkConnection(need: RepositoryConnectionNeed, { gcloud }: World): Verdict {
  const { project, region, connection, repository, remoteUri } = need;
  const at = [`--region=${region}`, `--project=${project}`];
  const place = { project, role: 'roles/cloudbuild.connectionViewer' };
  const connect = () =>
    missing(
      'there is no connection; the last command prints where to consent, in a browser',
      enable(project, 'cloudbuild.googleapis.com', 'secretmanager.googleapis.com'),
      letKeepToken(project),
      `gcloud builds connections create github ${connection} ${at.join(' ')}`,
    );
  const there = gcloud.ask<Connection>('builds', 'connections', 'describe', connection, ...at, '--format=json');
  return judged(there, place, {
    absent: connect,
    off: connect,
    there: (value) => {
      const { stage, message = 'somebody has to consent', actionUri = consolePage(project) } = value?.installationState ?? {};
      if (stage !== 'COMPLETE') return missing(`the connection waits: ${message}`, `# open in a browser, and consent: ${actionUri}`);
      const named = [repository, `--connection=${connection}`, ...at];
      const link = `gcloud builds repositories create ${named.join(' ')} --remote-uri=${remoteUri}`;
      return judged(gcloud.ask<{ remoteUri?: string }>('builds', 'repositories', 'describe', ...named, '--format=json'), place, {
        absent: () => missing('the repository is not linked', link),
        there: (linked) =>
          linked?.remoteUri === undefined || linked.remoteUri === remoteUri
            ? ok()
            : missing(`it is linked to ${linked.remoteUri}`, `gcloud builds repositories delete ${named.join(' ')}`, link),
      });
    },
  });
}

/** Cloud Build's own account puts GitHub's token into Secret Manager. */
function letKeepToken(project: string): string {
  const number = `$(gcloud projects describe ${project} --format='value(projectNumber)')`;
  const member = `serviceAccount:service-${number}@gcp-sa-cloudbuild.iam.gserviceaccount.com`;
  return `gcloud projects add-iam-policy-binding ${project} --member="${member}" --role=roles/secretmanager.admin --condition=None`;
}

function consolePage(project: string): string {
  return `https://console.cloud.google.com/cloud-build/repositories/2nd-gen?project=${project}`;
}

import { fulfilled, ofKind, type Step } from '../core/first-deploy';
import type { Need } from '../core/need';

/** The APIs that are on before Terraform can enable the others, of projects that somebody pays for. */
export function firstApis(needs: readonly Need[]): Step[] {
  const apis = ofKind(needs, 'api');
  const lines = [...new Set(apis.map(({ project }) => project))].map((project) => {
    const names = apis.filter((need) => need.project === project).map(({ api }) => api);
    return `gcloud services enable ${names.join(' ')} --project=${project}`;
  });
  return fulfilled('the first APIs', apis, { kind: 'commands', lines });
}

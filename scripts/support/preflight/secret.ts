import type { SecretNeed } from '../../../constructs/core/need';
import { storeOf } from '../secrets/store';
import { deploy, missing, notAllowed, ok, type Verdict, type World } from './finding';

export function checkSecret(need: SecretNeed, world: World, estate: string): Verdict {
  const fill = `make secrets ESTATE=${estate}`;
  const unmade = (remark: string) => missing(remark, deploy(need.stack), fill);
  const store = storeOf(need);
  const found = store.versions(world);
  switch (found.is) {
    case 'there':
      return found.value?.length ? ok() : missing('it has no value', fill);
    case 'absent':
      return unmade(store.absence ?? 'its stack is not deployed');
    case 'off': // deploying the stack enables its API too
      return unmade(`its API ${found.api} is off`);
    case 'refused':
      return notAllowed(store.viewer.role, store.viewer.on);
  }
}

import { TerraformResource } from 'cdktf';
import { EstateStack } from '../../constructs/core/estate-stack';
import { EstatesApp } from '../../constructs/core/estates-app';
import { Bucket } from '../../constructs/gcp/bucket';
import { Network } from '../../constructs/gcp/network';
import { google } from '../../constructs/gcp/provider';
import { ServiceIdentity } from '../../constructs/gcp/service-identity';

/** As in moshi's server stack: machines' network, its firewall, an identity with its grants, a bucket, one suppressed rule. */
const RESOURCES_PER_SERVICE = 10;

function addService(stack: EstateStack, index: number): void {
  const stem = `service-${index}`;
  const network = new Network(stack, `network-${index}`, { stem, cidr: '10.1.0.0/16' });
  network.allowIngress('health-checks', { name: `${stem}-health`, ports: { tcp: ['8080'] }, from: ['130.211.0.0/22', '35.191.0.0/16'], to: stem });
  network.allowIngress('media', { name: `${stem}-media`, ports: { udp: ['30000-65535'] }, from: { everybody: 'WebRTC flows from any address' }, to: stem });
  const identity = new ServiceIdentity(stack, `identity-${index}`, { accountId: `${stem}-sa`, purpose: `machines of service ${index}` });
  for (const role of ['logging.logWriter', 'secretmanager.secretAccessor', 'datastore.user']) identity.grantOnProject(`roles/${role}`);
  new Bucket(stack, `bucket-${index}`, { name: `bench-${stem}` }).grantRead(identity);
}

/** `<resources> <stacks>`: builds, checks and writes that many resources, as main.ts does, and prints what it took without loading modules. */
function main([resources = 0, stacks = 1]: readonly number[]): void {
  const start = performance.now();
  const app = new EstatesApp();
  const services = resources / RESOURCES_PER_SERVICE / stacks;
  for (let part = 0; part < stacks; part++) {
    const stack = new EstateStack(app, `part-${part}`, {
      estate: 'bench',
      environment: 'prod',
      protection: 'on',
      backend: { type: 'local' },
      providers: [google({ project: 'bench-project', region: 'europe-west1', zone: 'europe-west1-b' })],
    });
    for (let index = 0; index < services; index++) addService(stack, index);
  }
  app.synth();
  const seconds = (performance.now() - start) / 1000;
  console.log(JSON.stringify({ resources: app.node.findAll().filter(TerraformResource.isTerraformResource).length, seconds }));
}

main(process.argv.slice(2).map(Number));

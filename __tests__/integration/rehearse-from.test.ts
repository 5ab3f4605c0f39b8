import { describeReal } from '../support/real';
import { RepositoryCopy } from '../support/repository';

const override = (file: string, moshi: object, copy: RepositoryCopy) => copy.write(file, JSON.stringify({ moshi }));

/** A repository whose revision `v1` is the present one. */
function committed(): RepositoryCopy {
  const copy = new RepositoryCopy();
  const git = (...args: string[]) => copy.run('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args]);
  git('add', '--all');
  git('commit', '--quiet', '--message=v1');
  git('tag', 'v1');
  return copy;
}

const upgrade = (copy: RepositoryCopy, from: string, ...args: string[]) => copy.run('node', ['--import', 'tsx', 'rehearsal/main.ts', '--from', from, ...args]);

describeReal(['terraform'], 'make rehearse FROM=', () => {
  test('the same revision changes nothing, in any stack', () => {
    const { code, output } = upgrade(committed(), 'v1');
    expect(output).not.toMatch(/\d (created|changed|replaced|destroyed)/);
    expect(output.match(/^moshi-\S+ +unchanged$/gm)?.length).toBeGreaterThanOrEqual(9);
    expect(output).toContain('Nothing that holds data goes.');
    expect(code).toBe(0);
  });

  test('a revision with another machine type: the machines change, the data stays', () => {
    const copy = committed();
    copy.replace('config/moshi.ts', "machineType: 'e2-micro'", "machineType: 'e2-small'");
    const { code, output } = upgrade(copy, 'v1');
    expect(output).toMatch(/^moshi-server-dev +1 \w+\n {4}\w+ +google_compute_instance_template\.\S+/m);
    expect(output.match(/^moshi-\S+ +unchanged$/gm)).toHaveLength(8);
    expect(code).toBe(0);
  });

  test('a revision whose database stood elsewhere: replacing it is refused and named', () => {
    const copy = committed();
    copy.replace('config/moshi.ts', '    dnsRecords: {},', "    dnsRecords: {},\n    firestoreLocation: 'europe-west1',");
    const { code, output } = upgrade(copy, 'v1');
    expect(output).toMatch(/^ {4}REPLACED +google_firestore_database\.\S+ +because of location_id$/m);
    expect(output).toMatch(/^Not safe: this holds data or is protected, and would go:\n {2}moshi-firebase-shared: google_firestore_database\./m);
    expect(code).toBe(1);
  });

  test('an override file whose database stands elsewhere: the same, without protection too', () => {
    const copy = new RepositoryCopy();
    override('estates.json', { shared: { protection: 'off' } }, copy);
    override('elsewhere.json', { shared: { protection: 'off', firestoreLocation: 'europe-west1' } }, copy);
    const { code, output } = upgrade(copy, 'elsewhere.json', '--stack', 'moshi-firebase-*');
    expect(output).toMatch(/^ {2}moshi-firebase-shared: google_firestore_database\./m);
    expect(code).toBe(1);
  });

  test('an override file with a bucket that is not declared any more: destroying it is refused and named, although nothing prevents it', () => {
    const copy = new RepositoryCopy();
    override('website.json', { dev: { websiteHosts: ['beta'] } }, copy);
    const { code, output } = upgrade(copy, 'website.json', '--stack', 'moshi-storage-dev');
    expect(output).toMatch(/^ {4}DESTROYED +google_storage_bucket\.website/m);
    expect(code).toBe(1);
  });

  test('what is neither a revision nor a file is said so', () => {
    const { code, output } = upgrade(new RepositoryCopy(), 'v9');
    expect(output).toContain("'v9' is neither a file nor a git revision");
    expect(code).toBe(2);
  });
});

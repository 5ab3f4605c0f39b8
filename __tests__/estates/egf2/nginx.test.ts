import { nginxConfig } from '../../../estates/egf2/machines/nginx';
import { type Egf2Service, SERVICES } from '../../../services/contracts/egf2-services';

const locations = (config: string) =>
  [...config.matchAll(/location (?:=|\^~) (\S+) \{\n\s+proxy_pass http:\/\/(\w+);/g)].map(([, path = '', to = '']) => [path, to]);

test('exactly the public paths of the table go somewhere, the rest ends in 404', () => {
  const config = nginxConfig();
  const expected = Object.entries(SERVICES).flatMap(([name, { publicPaths = [], publicWebSocketPaths = [] }]) => {
    const upstream = name.replaceAll('-', '_');
    return [...publicPaths.map((path) => [path, upstream]), ...publicWebSocketPaths.map((path) => [path, `${upstream}_websocket`])];
  });
  expect(locations(config).filter(([path]) => !path?.endsWith('/'))).toEqual(expected);
  expect(locations(config).filter(([path]) => path?.endsWith('/'))).toEqual(expected.map(([path, to]) => [`${path}/`, to]));
  expect(config).toContain('location / { return 404; }');
  expect(config).not.toMatch(/upstream (client_data|sync|scheduler|logic|job|pusher) /);
  expect(config).toContain('upstream pusher_websocket {\n    server 127.0.0.1:2000 max_fails=0;');
  expect(nginxConfig()).toBe(config);
});

test('the table decides', () => {
  const opened: Record<string, Egf2Service> = { ...SERVICES, job: { ...SERVICES.job, port: 2020, publicPaths: ['/v1/jobs'] } };
  expect(locations(nginxConfig({}, opened))).toContainEqual(['/v1/jobs', 'job']);
  expect(() => nginxConfig({}, { ...SERVICES, job: { ...SERVICES.job, publicPaths: ['/v1/jobs'] } })).toThrow('job has public paths and no port');
  expect(() => nginxConfig({}, { ...opened, job: { ...SERVICES.job, port: 2020, publicPaths: ['/v1/login'] } })).toThrow('public path /v1/login');
});

test('TLS: plain HTTP leads to https only', () => {
  const config = nginxConfig({ tls: { certificate: '/etc/egf2/tls.pem', key: '/etc/egf2/tls.key' } });
  expect(config).toContain('return 308 https://$host$request_uri;');
  expect(config).toContain('Strict-Transport-Security');
  expect(config.match(/^ {2}server \{$/gm)).toHaveLength(2);
  expect(nginxConfig()).not.toMatch(/ssl|Strict-Transport/);
});

test('whom it believes about the client is said', () => {
  expect(nginxConfig()).not.toContain('real_ip');
  expect(nginxConfig({ trustedProxies: ['10.3.0.0/16'] })).toContain('set_real_ip_from 10.3.0.0/16;');
  expect(() => nginxConfig({ tls: { certificate: 'x; evil', key: '/k' } })).toThrow('full path');
});

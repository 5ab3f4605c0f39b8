import * as z from 'zod';
import { type Egf2Service, SERVICES } from '../../../services/contracts/egf2-services';

const file = z.string().regex(/^(\/[\w.-]+)+$/, 'must be the full path of a file, of letters, digits and ._-');
const port = z.int('must be a port').min(1, 'must be a port, 1 to 65535').max(65_535, 'must be a port, 1 to 65535');

export const nginxOptions = z.strictObject({
  /** Where it speaks plain HTTP. With `tls` that leads to https and nowhere else. */
  port: port.default(80),
  /** Certificate with its chain, and its key, in PEM; they lie there before nginx starts. @default no TLS */
  tls: z.strictObject({ certificate: file, key: file, port: port.default(443) }).optional(),
  /** Networks of load balancers before it, whose X-Forwarded-For is believed. @default none: the client is who connects */
  trustedProxies: z.array(z.string().regex(/^[0-9a-f.:]+\/\d{1,3}$/, 'must be a network, such as 10.3.0.0/16')).default([]),
});

export type NginxOptions = z.input<typeof nginxOptions>;

/** Where the services answer. */
type HostOf = (service: string) => string;

/**
 * nginx.conf of the single entry point: the public paths of the services go to them, everything else ends here with 404.
 * A path stands for itself and for what is below it.
 */
export function nginxConfig(given: NginxOptions = {}, services: Readonly<Record<string, Egf2Service>> = SERVICES, hostOf: HostOf = () => '127.0.0.1'): string {
  const { port, tls, trustedProxies } = nginxOptions.parse(given);
  const table = Object.entries(services).flatMap(([name, service]) => [
    { upstream: upstreamOf(name), host: hostOf(name), port: service.port, paths: service.publicPaths ?? [], isWebSocket: false },
    {
      upstream: `${upstreamOf(name)}_websocket`,
      host: hostOf(name),
      port: service.webSocketPort,
      paths: service.publicWebSocketPaths ?? [],
      isWebSocket: true,
    },
  ]);
  const routes = table.filter((route) => route.paths.length > 0);
  const blind = routes.find((route) => route.port === undefined);
  if (blind) throw new Error(`nginx: ${blind.upstream} has public paths and no port: give it one in services/contracts/egf2-services.ts`);
  const paths = routes.flatMap((route) => route.paths);
  const twice = paths.find((path, index) => paths.indexOf(path) !== index);
  if (twice) throw new Error(`nginx: two services have the public path ${twice}: give it to one of them in services/contracts/egf2-services.ts`);

  const server = [
    'server_name _;',
    ...(tls ? ['add_header Strict-Transport-Security "max-age=31536000" always;', ...HEADERS] : HEADERS),
    'if ($is_odd_path) { return 400; }',
    'location / { return 404; }',
    ...routes.flatMap(({ upstream, paths, isWebSocket }) =>
      paths.flatMap((path) => ['', ...location(`= ${path}`, upstream, isWebSocket), ...location(`^~ ${path}/`, upstream, isWebSocket)]),
    ),
  ];
  const plain = tls
    ? [
        'server {',
        `  listen ${port} default_server;`,
        `  listen [::]:${port} default_server;`,
        `  return 308 https://$host${tls.port === 443 ? '' : `:${tls.port}`}$request_uri;`,
        '}',
        '',
      ]
    : [];
  const listen = tls
    ? [
        `listen ${tls.port} ssl http2 default_server;`,
        `listen [::]:${tls.port} ssl http2 default_server;`,
        `ssl_certificate ${tls.certificate};`,
        `ssl_certificate_key ${tls.key};`,
        'ssl_protocols TLSv1.2 TLSv1.3;',
        'ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;',
        'ssl_session_cache shared:tls:10m;',
        'ssl_session_tickets off;',
      ]
    : [`listen ${port} default_server;`, `listen [::]:${port} default_server;`];

  return [
    ...MAIN,
    ...indented([
      ...HTTP,
      ...trustedProxies.map((network) => `set_real_ip_from ${network};`),
      ...(trustedProxies.length > 0 ? ['real_ip_header X-Forwarded-For;', 'real_ip_recursive on;'] : []),
      '',
      ...routes.flatMap(({ upstream, host, port: target }) => [`upstream ${upstream} {`, `  server ${host}:${target} max_fails=0;`, '  keepalive 16;', '}']),
      '',
      ...plain,
      'server {',
      ...indented([...listen, ...server]),
      '}',
    ]),
    '}',
    '',
  ].join('\n');
}

const MAIN = [
  'user www-data;',
  'worker_processes auto;',
  'pid /run/nginx.pid;',
  'error_log /var/log/nginx/error.log warn;',
  'events { worker_connections 4096; }',
  'http {',
];

const HTTP = [
  'server_tokens off;',
  'default_type text/plain;',
  'tcp_nopush on;',
  'keepalive_timeout 65s;',
  'client_max_body_size 1m; # files go to S3 by links that are signed for them',
  'client_body_timeout 15s;',
  'client_header_timeout 15s;',
  'send_timeout 30s;',
  'proxy_connect_timeout 5s;',
  'proxy_read_timeout 60s;',
  'proxy_send_timeout 30s;',
  // an answer may hold what a client should not read twice
  'proxy_next_upstream off;',
  '# No query: the framework has tokens in it.',
  'log_format paths \'$remote_addr [$time_iso8601] "$request_method $uri" $status $body_bytes_sent $upstream_response_time\';',
  'access_log /var/log/nginx/access.log paths;',
  'map $http_upgrade $connection_of_upgrade { default upgrade; "" close; }',
  '# Services get the path as it was sent: one that reads in two ways is sent to nobody.',
  'map $request_uri $is_odd_path {',
  '  default 0;',
  '  "~*^[^?]*(/|%2f)(\\.|%2e){1,2}(/|%2f|;|\\?|$)" 1;',
  '  "~*^[^?]*(//|\\x5c|%2f|%5c|%00|%25)" 1;',
  '}',
];

const HEADERS = [
  'add_header X-Content-Type-Options nosniff always;',
  'add_header X-Frame-Options DENY always;',
  'add_header Referrer-Policy no-referrer always;',
  'add_header Content-Security-Policy "frame-ancestors \'none\'" always;',
];

function location(match: string, upstream: string, isWebSocket: boolean): string[] {
  return [
    `location ${match} {`,
    ...indented([
      `proxy_pass http://${upstream};`,
      'proxy_http_version 1.1;',
      'proxy_set_header Host $host;',
      'proxy_set_header X-Real-IP $remote_addr;',
      'proxy_set_header X-Forwarded-For $remote_addr;',
      'proxy_set_header X-Forwarded-Proto $scheme;',
      ...(isWebSocket
        ? [
            'proxy_set_header Upgrade $http_upgrade;',
            'proxy_set_header Connection $connection_of_upgrade;',
            'proxy_read_timeout 1h;',
            'proxy_send_timeout 1h;',
            'proxy_buffering off;',
          ]
        : ['proxy_set_header Connection "";']),
    ]),
    '}',
  ];
}

function upstreamOf(service: string): string {
  return service.replaceAll('-', '_');
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => (line === '' ? '' : `  ${line}`));
}

import { type NginxInstance, type NginxOptions, nginxOptions, type Upstream } from './options';

/** A file of nginx's, at its place in the container. */
export interface NginxFile {
  readonly path: string;
  readonly content: string;
}

/** Where the image has its configuration; what is relative in it is relative to that. */
export const NGINX_FOLDER = '/etc/nginx';
/** A folder for each domain: its certificate, and the three lines that use it. Without them the domain has no TLS, and the others have theirs. */
export const CERTIFICATES_IN_NGINX = `${NGINX_FOLDER}/certificates`;
const PAGES = '/usr/share/nginx/html';
/** What proves to the authority whose a domain is. */
export const CHALLENGES_IN_NGINX = `${NGINX_FOLDER}/acme`;

/** nginx before Mastodon instances: its whole configuration, and the page that it shows when nobody else answers. */
export function nginxFiles(given: NginxOptions): NginxFile[] {
  const { instances, clientAddress, challenge, resolver } = nginxOptions.parse(given);
  const listen = (port: number, words: string) => {
    const all = [words, clientAddress === 'direct' ? '' : 'proxy_protocol'].filter(Boolean).join(' ');
    return [`listen ${port} ${all}`, `listen [::]:${port} ${all}`].map((line) => `${line.trimEnd()};`);
  };
  const trusted = clientAddress === 'direct' ? [] : clientAddress.proxyProtocolFrom;
  return [
    {
      path: `${NGINX_FOLDER}/nginx.conf`,
      content: text([
        ...MAIN,
        'http {',
        ...indented([
          ...HTTP,
          '',
          '# Replicas come and go: a name is asked for again after five seconds.',
          `resolver ${bracketed(resolver)} valid=5s ipv6=off;`,
          'resolver_timeout 5s;',
          '',
          ...trusted.map((network) => `set_real_ip_from ${network};`),
          ...(trusted.length > 0 ? ['real_ip_header proxy_protocol;', ''] : []),
          ...toUpstream(),
          '',
          'include conf.d/*.conf;',
        ]),
        '}',
      ]),
    },
    {
      // in the place of the image's own
      path: `${NGINX_FOLDER}/conf.d/default.conf`,
      content: text([
        '# A name that nobody here has, or an address: no word about who is here.',
        ...block('server', [...listen(80, 'default_server'), 'return 444;']),
        '',
        ...block('server', [...listen(443, 'ssl http2 default_server'), 'ssl_reject_handshake on;', 'return 421;']),
      ]),
    },
    ...Object.entries(instances).map(([name, instance]) => ({
      path: `${NGINX_FOLDER}/conf.d/instance-${name}.conf`,
      content: text(instanceLines(name, instance, { listen, challenge })),
    })),
    { path: `${PAGES}/unavailable.html`, content: UNAVAILABLE },
  ];
}

const MAIN = [
  'user nginx;',
  'worker_processes auto;',
  '# Streams last for hours, and with them the workers of a configuration that is not any more.',
  'worker_shutdown_timeout 10s;',
  'pid /run/nginx.pid;',
  'error_log stderr warn;',
  'events { worker_connections 4096; }',
  '',
];

const HTTP = [
  'include mime.types;',
  'default_type application/octet-stream;',
  'server_tokens off;',
  'sendfile on;',
  'tcp_nopush on;',
  'keepalive_timeout 70s;',
  '# The longest name that there is; with the size of its own it does not start when one has more than 46 characters.',
  'server_names_hash_bucket_size 512;',
  '# The largest video that Mastodon takes, and what is around it.',
  'client_max_body_size 99m;',
  '# Not in folders of the image: nothing hangs on whose they are.',
  ...['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path /tmp/${name};`),
  '',
  '# No query: access tokens of streams are in it.',
  'map $request_uri $path { "~^(?<before>[^?]*)" $before; }',
  'log_format vulpine \'$remote_addr [$time_iso8601] $host "$request_method $path $server_protocol" $status $body_bytes_sent \'',
  '                   \'$request_time $upstream_addr $upstream_status $upstream_response_time "$http_user_agent"\';',
  'access_log /dev/stdout vulpine;',
  '',
  'gzip on;',
  'gzip_vary on;',
  'gzip_proxied any;',
  'gzip_comp_level 6;',
  'gzip_min_length 1024;',
  'gzip_types text/plain text/css text/xml text/javascript application/javascript application/json application/activity+json',
  '           application/jrd+json application/manifest+json application/xml application/rss+xml image/svg+xml image/x-icon;',
  '',
  'ssl_protocols TLSv1.2 TLSv1.3;',
  'ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;',
  'ssl_session_cache shared:tls:5m;',
  'ssl_session_timeout 1d;',
  'ssl_session_tickets off;',
  '# Until a domain has its certificate.',
  'ssl_reject_handshake on;',
];

/** What a request gets on its way, and what becomes of it when a replica does not answer. */
function toUpstream(): string[] {
  return [
    'proxy_http_version 1.1;',
    'proxy_buffer_size 16k;',
    'proxy_buffers 8 16k;',
    'proxy_connect_timeout 2s;',
    '# Another replica gets what one did not take. A POST that it may have taken is sent to nobody else.',
    'proxy_next_upstream error timeout;',
    'proxy_next_upstream_timeout 10s;',
    ...HEADERS,
    '',
    '# No other protocol than this one is switched to.',
    'map $http_upgrade $upgrade { default ""; ~*^websocket$ websocket; }',
    'map $upgrade $connection_of_upgrade { default close; websocket upgrade; }',
  ];
}

/** Of the client, only its address as we see it: what it says of itself would be believed. */
const HEADERS = [
  'proxy_set_header Host $host;',
  'proxy_set_header X-Real-IP $remote_addr;',
  'proxy_set_header X-Forwarded-For $remote_addr;',
  'proxy_set_header X-Forwarded-Proto $scheme;',
  ...[
    'Client-IP',
    'Forwarded',
    'Proxy',
    'X-Accel-Mapping',
    'X-Forwarded-Host',
    'X-Forwarded-Port',
    'X-Forwarded-Scheme',
    'X-Forwarded-Ssl',
    'X-Sendfile-Type',
  ].map((name) => `proxy_set_header ${name} "";`),
];

interface Around {
  readonly listen: (port: number, words: string) => string[];
  readonly challenge: 'http' | 'dns';
}

function instanceLines(name: string, { domain, web, streaming }: NginxInstance, { listen, challenge }: Around): string[] {
  const passTo = { web: `proxy_pass ${urlOf('web', web, name)};`, streaming: `proxy_pass ${urlOf('streaming', streaming, name)};` };
  const hidden = 'proxy_hide_header Strict-Transport-Security;';
  const kept = (match: string, header: string) =>
    block(`location ${match}`, [hidden, 'proxy_hide_header Cache-Control;', `set $cache_control "${header}";`, passTo.web]);
  return [
    ...Object.entries({ web, streaming }).flatMap(([of, upstream]) => addressesOf(`${name}_${of}`, upstream)),
    ...block('server', [
      ...listen(80, ''),
      `server_name ${domain};`,
      ...(challenge === 'http' ? block('location ^~ /.well-known/acme-challenge/', CHALLENGES) : []),
      ...block('location /', ['return 301 https://$host$request_uri;']),
    ]),
    '',
    ...block('server', [
      ...listen(443, 'ssl http2'),
      `server_name ${domain};`,
      `include certificates/${domain}/*.conf;`,
      ...Object.entries({ web, streaming }).flatMap(([of, upstream]) => ('name' in upstream ? [`set $${of} ${upstream.name};`] : [])),
      'add_header Strict-Transport-Security "max-age=63072000; includeSubDomains" always;',
      'add_header Cache-Control $cache_control;',
      'set $cache_control "";',
      hidden,
      'error_page 502 504 /unavailable.html;',
      ...block('location = /unavailable.html', ['internal;', `root ${PAGES};`]),
      '',
      ...block('location /', [passTo.web]),
      '',
      '# Four weeks, as Mastodon has it.',
      ...kept('~ ^/(assets|avatars|emoji|headers|packs|shortcuts|sounds)/', 'public, max-age=2419200, must-revalidate'),
      ...kept('^~ /system/', 'public, max-age=2419200, immutable'),
      ...kept('= /sw.js', 'public, max-age=604800, must-revalidate'),
      '',
      ...block('location ^~ /api/v1/streaming', [
        ...HEADERS,
        'proxy_set_header Upgrade $upgrade;',
        'proxy_set_header Connection $connection_of_upgrade;',
        'proxy_buffering off;',
        passTo.streaming,
      ]),
    ]),
  ];
}

const CHALLENGES = [`root ${CHALLENGES_IN_NGINX};`, 'default_type text/plain;', 'try_files $uri =404;'];

const UNAVAILABLE = text([
  '<!DOCTYPE html>',
  '<html lang="en">',
  '<meta charset="utf-8">',
  '<meta name="viewport" content="width=device-width">',
  '<title>Back in a moment</title>',
  '<style>body { font-family: sans-serif; text-align: center; margin: 20vh 1em }</style>',
  '<h1>Back in a moment</h1>',
  '<p>This instance does not answer right now. Nothing is lost; try again in a minute.</p>',
  '</html>',
]);

/** A group of addresses has a block of its own; a name needs none. */
function addressesOf(name: string, upstream: Upstream): string[] {
  if ('name' in upstream) return [];
  const servers = upstream.addresses.map((address) => `server ${bracketed(address)}:${upstream.port} max_fails=1 fail_timeout=10s;`);
  return [...block(`upstream ${name}`, servers), ''];
}

const urlOf = (of: string, upstream: Upstream, name: string) => ('name' in upstream ? `http://$${of}:${upstream.port}` : `http://${name}_${of}`);

const bracketed = (address: string) => (address.includes(':') ? `[${address}]` : address);

const block = (head: string, body: readonly string[]) => [`${head} {`, ...indented(body), '}'];

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => (line === '' ? '' : `  ${line}`));
}

function text(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}

import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { plainSecret } from '../../../constructs/policy/secrets';

const encoded = (text: string) => Buffer.from(text).toString('base64');

test.each([
  ['an argument', { password: 'hunter2' }, 'password'],
  ['an argument of a block in a list', { settings: [{ root_password: 'hunter2' }] }, 'root_password'],
  ["a Linode's root password", { root_pass: 'hunter2' }, 'root_pass'],
  ['a provider argument', { access_key: 'abc', region: 'us-east-1' }, 'access_key'],
  ['metadata', { metadata: { 'api-key': 'abc' } }, 'api-key'],
  ['an environment map', { service_config: { environment_variables: { DISCORD_BOT_TOKEN: 'abc' } } }, 'DISCORD_BOT_TOKEN'],
  ['an environment variable called SECRET', { environment_variables: { SECRET: 'abc' } }, 'SECRET'],
  ['a list of names and values', { env: [{ name: 'LETTERBOXD_API_SHARED_SECRET', value: 'abc' }] }, 'LETTERBOXD_API_SHARED_SECRET'],
  ["a container's environment", { env: ['RAILS_ENV=production', 'DB_PASSWORD=hunter2'] }, 'env: DB_PASSWORD'],
  ['a script', { metadata: { 'startup-script': '#!/bin/sh\nset -e\nexport API_KEY="abc"\n' } }, 'startup-script: API_KEY'],
  ['a YAML document', { user_data: '#cloud-config\nwrite_files:\n  - db_password: hunter2\n' }, 'user_data: db_password'],
  ['encoded user data', { metadata: { user_data: encoded('#!/bin/sh\nDB_PASSWORD=hunter2 run\n') } }, 'user_data: DB_PASSWORD'],
  ['compressed user data', { user_data: gzipSync('#!/bin/sh\nDB_PASSWORD=hunter2 run\n').toString('base64') }, 'user_data: DB_PASSWORD'],
  ['a private key under any name', { content: '-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl' }, 'content'],
  ["Mastodon's environment", { env: ['SECRET_KEY_BASE=0123abcd'] }, 'env: SECRET_KEY_BASE'],
  ['a password in a URL', { environment_variables: { DATABASE_URL: 'postgres://mastodon:hunter2@db/mastodon' } }, 'DATABASE_URL'],
  ['an AWS access key under any name', { description: 'key AKIAABCDEFGHIJKLMNOP' }, 'description'],
])('%s with a literal is a secret in plain text', (_where, config, found) => {
  expect(plainSecret(config)).toBe(found);
});

test.each([
  ['a reference', { password: '${random_password.db.result}' }],
  ['a variable inside a text', { env: ['DB_PASSWORD=${var.db_password}'] }],
  ['nothing', { password: '', token: null }],
  [
    'the name of a secret',
    { secret: 'DISCORD_BOT_TOKEN', secret_id: 'API_KEY', secret_environment_variables: [{ key: 'API_KEY', secret: 'API_KEY', version: 'latest' }] },
  ],
  ["a secret's resource name", { environment_variables: { HMAC_SECRET: 'projects/p/secrets/hmac/versions/latest' } }],
  ['an object of references in JSON', { content: '{\n  "credentials": {\n    "password": "secretsmanager:egf2/db"\n  }\n}\n' }],
  ['what only looks compressed', { user_data: `H4sI${'A'.repeat(24)}` }],
  ["a secret's ARN", { password: 'arn:aws:secretsmanager:us-east-1:1:secret:db' }],
  ['a reference that the launcher resolves', { env: ['DB_PASSWORD=secretsmanager:egf2/db'] }],
  ['a file that has it', { environment_variables: { GOOGLE_CREDENTIALS: '/run/secrets/key.json' } }],
  ['the metadata service setting', { metadata_options: { http_tokens: 'required' } }],
  ['a name that only contains the word', { token_type: 'JWT', password_policy: 'strict', passwordless: 'yes' }],
  ['a script that asks for it', { user_data: 'API_KEY=$(gcloud secrets versions access latest)\nDB_PASSWORD="$1"\ntoken = read_token()\n' }],
  ['a switch', { user_data: '#cloud-config\nusers:\n  - name: admin\n    lock_passwd: true\n' }],
  ['a URL without a password', { url: 'https://user@example.com:8080/a:b@c', database: 'postgres://mastodon:${var.password}@db/mastodon' }],
  ['a public key', { ssh_keys: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI' }],
])('%s is none', (_what, config) => {
  expect(plainSecret(config)).toBeUndefined();
});

test('any arguments get a verdict', () => {
  fc.assert(fc.property(fc.object(), (config) => ['string', 'undefined'].includes(typeof plainSecret(config))));
});

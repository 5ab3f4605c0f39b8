import { runInNewContext } from 'node:vm';
import { parse, resourcesOf } from './synth';

interface Behaviour {
  readonly path_pattern?: string;
  readonly target_origin_id: string;
  readonly allowed_methods: readonly string[];
  readonly cached_methods: readonly string[];
  readonly viewer_protocol_policy: string;
  readonly compress: boolean;
  readonly cache_policy_id: string;
  readonly response_headers_policy_id?: string;
  readonly function_association?: readonly { event_type: string; function_arn: string }[];
}

interface Statement {
  readonly Effect: string;
  readonly Principal: string | { readonly Service?: string };
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

type Headers = Readonly<Record<string, string>>;
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
}

/** As CloudFront reads a path pattern: `*` is any text, `?` one character, a leading slash makes no difference. */
const matches = (pattern: string, path: string) => {
  const escaped = pattern
    .replace(/^\//, '')
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${escaped}$`, 's').test(path.replace(/^\//, ''));
};

/**
 * A distribution as CloudFront would run it, from the JSON of its stack: which behaviour and origin a path gets, what the origin sees, what
 * is kept and given to others. Its origins: S3 with the bucket's policy and CORS rules, and a web server that knows neither OPTIONS nor CORS.
 */
export class Edge {
  private readonly kept = new Map<string, Answer>();
  private readonly distribution: Record<string, unknown>;

  /** @param host one of its names */
  constructor(
    private readonly stack: string | undefined,
    private readonly host: string,
  ) {
    const found = resourcesOf(stack, 'aws_cloudfront_distribution').find(({ aliases }) => (aliases as string[]).includes(host));
    if (!found) throw new Error(`no distribution of ${host}`);
    this.distribution = found;
  }

  /** In the order in which CloudFront tries them, the default last. */
  get behaviours(): readonly Behaviour[] {
    return [...(this.distribution.ordered_cache_behavior as Behaviour[]), this.distribution.default_cache_behavior as Behaviour];
  }

  behaviourOf(path: string): Behaviour {
    return this.behaviours.find(({ path_pattern: pattern }) => pattern === undefined || matches(pattern, path)) as Behaviour;
  }

  /** Whose file a path is: `site`, `bucket`, or nobody's, because CloudFront may not read it. */
  ownerOf(path: string): 'site' | 'bucket' | 'nobody' {
    const { target_origin_id: origin } = this.behaviourOf(path);
    if (origin === 'site') return 'site';
    return this.mayRead(path) ? 'bucket' : 'nobody';
  }

  /** Headers by which answers are kept, and which the origin sees. */
  keyHeaders({ cache_policy_id: id }: Behaviour): readonly string[] {
    const { parameters_in_cache_key_and_forwarded_to_origin: key } = this.referred('aws_cloudfront_cache_policy', id) as {
      parameters_in_cache_key_and_forwarded_to_origin: { headers_config: { header_behavior: string; headers?: { items: string[] } } };
    };
    const { header_behavior, headers } = key.headers_config;
    return header_behavior === 'whitelist' ? (headers?.items ?? []).map((name) => name.toLowerCase()) : [];
  }

  /** @param saysHeaders whether CloudFront adds headers of its own */
  ask(method: string, path: string, asked: Headers = {}, saysHeaders = true): Answer {
    const behaviour = this.behaviourOf(path);
    if (!behaviour.allowed_methods.includes(method)) return { status: 403, headers: {} };
    const early = this.answeredByFunction(behaviour, method, path);
    if (early) return early;
    const forwarded = Object.fromEntries(Object.entries(asked).filter(([name]) => this.keyHeaders(behaviour).includes(name)));
    const key = JSON.stringify([method, path, forwarded]);
    const answer = this.kept.get(key) ?? this.origin(behaviour, method, path, forwarded);
    if (behaviour.cached_methods.includes(method)) this.kept.set(key, answer);
    return saysHeaders ? { ...answer, headers: { ...answer.headers, ...this.added(behaviour, asked) } } : answer;
  }

  /** How many answers are kept. */
  get size(): number {
    return this.kept.size;
  }

  private origin({ target_origin_id: origin }: Behaviour, method: string, path: string, { origin: page }: Headers): Answer {
    if (origin === 'site') return { status: method === 'OPTIONS' ? 404 : 200, headers: {} };
    const rules = resourcesOf(this.stack, 'aws_s3_bucket_cors_configuration').flatMap(
      ({ cors_rule: rule }) => [rule].flat() as { allowed_methods: string[]; allowed_origins: string[] }[],
    );
    const isAllowed =
      page !== undefined && rules.some(({ allowed_origins: origins, allowed_methods: methods }) => origins.includes('*') && methods.includes('GET'));
    const headers: Headers = isAllowed ? { 'access-control-allow-origin': '*' } : {};
    if (method === 'OPTIONS') return { status: isAllowed ? 200 : 403, headers };
    return { status: this.mayRead(path) ? 200 : 403, headers };
  }

  private mayRead(path: string): boolean {
    const { domain_name } = (this.distribution.origin as { origin_id: string; domain_name: string }[]).find(({ origin_id: id }) => id === 'bucket') ?? {};
    const address = /aws_s3_bucket\.[\w-]+/.exec(String(domain_name))?.[0] as string;
    const { bucket } = this.referred('aws_s3_bucket', `\${${address}.id}`);
    const policies = resourcesOf(this.stack, 'aws_s3_bucket_policy').filter((policy) => String(policy.bucket).startsWith(`\${${address}.`));
    const self = this.address();
    return policies
      .flatMap(({ policy }) => (JSON.parse(policy as string) as { Statement: Statement[] }).Statement)
      .some(
        ({ Effect, Principal, Action, Resource, Condition }) =>
          Effect === 'Allow' &&
          (Principal as { Service?: string }).Service === 'cloudfront.amazonaws.com' &&
          Action.includes('s3:GetObject') &&
          Condition?.StringEquals?.['aws:SourceArn'] === `\${${self}.arn}` &&
          Resource.some((resource) => matches(resource, `arn:aws:s3:::${bucket}${path}`)),
      );
  }

  private answeredByFunction({ function_association: functions = [] }: Behaviour, method: string, path: string): Answer | undefined {
    const [first] = functions;
    if (first?.event_type !== 'viewer-request') return undefined;
    const { code } = this.referred('aws_cloudfront_function', first.function_arn) as { code: string };
    const event = { request: { method, uri: path } };
    const result = runInNewContext(`${code}\nhandler(event)`, { event }) as { statusCode?: number; headers?: Record<string, { value: string }> };
    if (result.statusCode === undefined) return undefined;
    return { status: result.statusCode, headers: Object.fromEntries(Object.entries(result.headers ?? {}).map(([name, { value }]) => [name, value])) };
  }

  private added({ response_headers_policy_id: id }: Behaviour, { origin: page }: Headers): Headers {
    if (id === undefined) return {};
    const { cors_config: cors, security_headers_config: security } = this.referred('aws_cloudfront_response_headers_policy', id) as {
      cors_config?: { access_control_allow_origins: { items: string[] } };
      security_headers_config?: { content_security_policy?: { content_security_policy: string }; content_type_options?: object };
    };
    const csp = security?.content_security_policy?.content_security_policy;
    return {
      ...(page !== undefined && cors && { 'access-control-allow-origin': cors.access_control_allow_origins.items.join() }),
      ...(csp !== undefined && { 'content-security-policy': csp }),
      ...(security?.content_type_options && { 'x-content-type-options': 'nosniff' }),
    };
  }

  private address(): string {
    const [id] =
      Object.entries(parse(this.stack).resource?.aws_cloudfront_distribution ?? {}).find(([, { aliases }]) => (aliases as string[]).includes(this.host)) ?? [];
    return `aws_cloudfront_distribution.${id}`;
  }

  /** The resource that `${type.id.attribute}` is about. */
  private referred(type: string, reference: string): Record<string, unknown> {
    const id = new RegExp(`^\\$\\{${type}\\.([\\w-]+)\\.`).exec(reference)?.[1];
    const found = id && parse(this.stack).resource?.[type]?.[id];
    if (!found) throw new Error(`${reference} is no ${type} of the stack`);
    return found;
  }
}

import type { IncomingHttpHeaders } from 'node:http';
import type {
  ProviderDialect,
  GivenThoughts,
  ServiceRefusal,
  WireBody,
} from './dialects/dialect.contract.ts';

/** A request as it arrived. */
export interface ReceivedRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: WireBody;
}

export interface RequestLimits {
  readonly models?: readonly string[];
  readonly contextTokens?: number;
}

/** What a service says to the request before it thinks about an answer; undefined when all is well. */
export function refusalOf(
  dialect: ProviderDialect,
  { path, headers, body }: ReceivedRequest,
  thoughts: GivenThoughts,
  { models = [dialect.model], contextTokens = Infinity }: RequestLimits,
): ServiceRefusal | undefined {
  const route = path.split('?')[0] ?? '';
  const named = /\/models\/([^:]+):/.exec(route)?.[1];
  const model = named ?? String(body['model']);
  if (!route.endsWith(dialect.path(model))) return { status: 404, body: dialect.failure('Not Found', 404) };
  const key = String(headers[dialect.keyHeader] ?? '');
  if (dialect.unauthorized && key.length <= dialect.keyPrefix.length) return dialect.unauthorized;
  if (dialect.unknownModel && !models.includes(model)) return dialect.unknownModel(model);
  const tokens = Math.ceil(JSON.stringify(body).length / 4);
  if (tokens > contextTokens && dialect.tooLong) return dialect.tooLong(tokens, contextTokens);
  return dialect.check(body, thoughts);
}

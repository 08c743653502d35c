import { dialects, type DialectName } from '../provider-dialects.ts';
import { ProviderServer } from '../provider.server.ts';
import type { WireBody } from './dialect.contract.ts';

/** What a fake said to a request. */
export interface DialectReply {
  readonly status: number;
  /** Parsed where it is JSON. */
  readonly body: unknown;
}

export interface Asking {
  /** Empty: none. */
  readonly key?: string;
  readonly model?: string;
  readonly contextTokens?: number;
}

/** For the fakes' own specs: sends one request to a fresh fake, as some client might. */
export async function askDialect(
  name: DialectName,
  body: WireBody,
  asking: Asking = {},
): Promise<DialectReply> {
  const { path, keyHeader, keyPrefix, model: own } = dialects[name];
  const { key = 'sk-fake', model = own, contextTokens } = asking;
  const server = new ProviderServer(name, contextTokens === undefined ? {} : { contextTokens });
  server.will({ does: 'answer', answer: { texts: ['Hello'] } });
  try {
    const response = await fetch(`${await server.listen()}${path(model)}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key && { [keyHeader]: `${keyPrefix}${key}` }) },
      body: JSON.stringify(name === 'google' ? body : { model, ...body }),
    });
    const text = await response.text();
    return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text };
  } finally {
    await server.close();
  }
}

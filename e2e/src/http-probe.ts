import type { Problem } from '@bulkhead/client';
import { holdToContract } from './api-contract.ts';

export interface ProbeRequest {
  readonly method?: string;
  readonly path: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is when it is text, as JSON otherwise. */
  readonly body?: unknown;
}

export interface ProbeResponse {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

/**
 * One request exactly as given: what a client lib would refuse to send too.
 * @throws Error when the answer is not as the server's API document says
 */
export async function probe(baseUrl: string, request: ProbeRequest): Promise<ProbeResponse> {
  const { method = 'GET', path, token, headers = {}, body } = request;
  const response = await fetch(`${baseUrl}${path}`, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const contentType = response.headers.get('content-type') ?? '';
  const answer = { status: response.status, contentType, text: await response.text() };
  await holdToContract(baseUrl, request, answer);
  return answer;
}

/** The problem in a response. @throws Error when it is no problem document */
export function problemIn({ contentType, text, status }: ProbeResponse): Problem {
  if (!contentType.startsWith('application/problem+json')) {
    throw new Error(`Not a problem: ${status} ${contentType} ${text}`);
  }
  return JSON.parse(text) as Problem;
}

/** What two refusals may differ in: the request's own id. */
export function withoutRequestId({ requestId: _requestId, instance: _instance, ...rest }: Problem): object {
  return rest;
}

import { expect } from '@jest/globals';
import { dialects, type DialectName } from '../provider-dialects.ts';
import { askDialect } from './asked-dialect.ts';

/** The rule, a request that breaks it, the nearest that doesn't, and the answer to the first. */
export type ChatCase = readonly [string, object, object, number, object];

/** Has the fake asked both ways. */
export async function tryRule(name: DialectName, [, bad, good, status, body]: ChatCase): Promise<void> {
  const refused = await askDialect(name, bad as Record<string, unknown>);
  expect(refused).toMatchObject({ status, body });
  const accepted = await askDialect(name, good as Record<string, unknown>);
  expect(accepted).toMatchObject({ status: 200, body: expect.stringContaining('Hello') as unknown });
}

/** The n-th call id that the service gives. */
export const idOf = (name: DialectName, n = 1): string => dialects[name].callId(n);

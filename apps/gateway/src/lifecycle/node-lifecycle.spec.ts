import { DatabaseUnavailableError } from '@bulkhead/persistence';
import { NodeLifecycle } from './node-lifecycle.service.ts';

describe('a node', () => {
  it('that stays tells of a database that is away', () => {
    const error = new DatabaseUnavailableError(new Error('away'));
    const node = new NodeLifecycle();
    expect(node.explain(error)).toBe(error);
    expect(() => node.assertStaying()).not.toThrow();
  });

  it('that stops says so instead, and changes no other error', () => {
    const node = new NodeLifecycle();
    node.beginStop();
    const stopping = { code: 'server_stopping', details: { retryAfterSeconds: 1 } };
    expect(node.explain(new DatabaseUnavailableError(new Error('away')))).toMatchObject(stopping);
    expect(() => node.assertStaying()).toThrow(expect.objectContaining(stopping));
    const other = new Error('a defect');
    expect(node.explain(other)).toBe(other);
  });
});

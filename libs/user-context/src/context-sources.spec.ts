import type { AuthenticatedHttpRequest, AuthenticatedSocket } from './context-sources.ts';
import { ContextIsolationError, InvalidContextError } from './context.errors.ts';
import { aContext, anIdentity } from './testing/index.ts';
import { UserExecutionContext } from './user-execution-context.ts';

const secrets = {
  authorization: 'Bearer secret-token',
  cookie: 'session=secret-cookie',
  'x-forwarded-for': 'secret-address',
  'x-api-key': 'secret-key',
};
const recorded = {
  'user-agent': 'curl/8',
  'content-type': 'application/json',
  'x-request-id': 'client-7',
  'x-correlation-id': 'flow-9',
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
};
const facts = {
  userAgent: 'curl/8',
  contentType: 'application/json',
  clientRequestId: 'client-7',
  correlationId: 'flow-9',
  traceparent: recorded.traceparent,
};

const aRequest = (parts: Partial<AuthenticatedHttpRequest> = {}): AuthenticatedHttpRequest => ({
  identity: anIdentity(),
  method: 'POST',
  url: '/threads/1/messages?token=secret-query',
  ip: '203.0.113.7',
  headers: { ...secrets, ...recorded },
  ...parts,
});
const aSocket = (headers: AuthenticatedSocket['handshake']['headers'] = {}): AuthenticatedSocket => ({
  id: 'socket-1',
  data: { identity: anIdentity() },
  handshake: { address: '203.0.113.7', headers },
});

describe('A context for an HTTP request', () => {
  it('records address, method, path and the allowed headers, and nothing else', () => {
    const { auditMetadata, agentContext } = UserExecutionContext.fromHttpRequest(aRequest());
    expect(auditMetadata).toEqual({
      clientIp: '203.0.113.7',
      method: 'POST',
      path: '/threads/1/messages',
      ...facts,
    });
    expect(agentContext).toEqual({});
    expect(JSON.stringify(auditMetadata)).not.toContain('secret');
  });

  it('is made without an address when the client has hung up already', () => {
    const { auditMetadata } = UserExecutionContext.fromHttpRequest(aRequest({ ip: undefined }));
    expect(auditMetadata).toEqual({ method: 'POST', path: '/threads/1/messages', ...facts });
  });

  it('has the user of the request, the ids given, and a request id of its own', () => {
    const request = aRequest();
    const context = UserExecutionContext.fromHttpRequest(request, { threadId: 'thread-1', runId: 'run-1' });
    expect(context).toMatchObject({ userId: request.identity.userId, threadId: 'thread-1', runId: 'run-1' });
    expect(context.requestId).not.toBe('client-7');
    expect(context.websocketClientId).toBeUndefined();
  });

  it('survives hostile input: cut, and without control characters or broken text', () => {
    const hostile = `\u001b[31m\0\r\n\u0085${'A'.repeat(511)}😀`;
    const headers = Object.fromEntries(Object.keys(recorded).map((header) => [header, hostile]));
    const request = aRequest({ headers, url: hostile, ip: hostile, method: hostile });
    const { auditMetadata } = UserExecutionContext.fromHttpRequest(request);
    expect(Object.keys(auditMetadata)).toHaveLength(8);
    for (const value of Object.values(auditMetadata) as string[]) {
      expect(value).toMatch(/^\[31mA+$/);
      expect(value.length).toBeLessThanOrEqual(512);
    }
  });

  it('cuts a pair of surrogates cleanly', () => {
    const headers = { 'user-agent': `${'A'.repeat(511)}😀` };
    const { auditMetadata } = UserExecutionContext.fromHttpRequest(aRequest({ headers }));
    expect(auditMetadata['userAgent']).toBe('A'.repeat(511));
  });

  it('ignores a header that was sent as a list, and those that hide in the prototype', () => {
    const headers = Object.assign(JSON.parse('{"__proto__":{"polluted":"yes"}}') as object, {
      'user-agent': ['one', 'two'],
    });
    expect(UserExecutionContext.fromHttpRequest(aRequest({ headers })).auditMetadata).toEqual({
      clientIp: '203.0.113.7',
      method: 'POST',
      path: '/threads/1/messages',
    });
  });

  it('is refused when an id of the request is not valid', () => {
    expect(() => UserExecutionContext.fromHttpRequest(aRequest(), { threadId: 'default' })).toThrow(
      InvalidContextError,
    );
  });
});

describe('A context for a socket message', () => {
  it('names the connection and records the event as its path', () => {
    const socket = aSocket({ ...secrets, ...recorded });
    const context = UserExecutionContext.fromSocket(socket, { event: 'send_message', threadId: 'thread-1' });
    expect(context).toMatchObject({
      userId: socket.data.identity.userId,
      threadId: 'thread-1',
      websocketClientId: 'sio-socket-1',
      auditMetadata: { clientIp: '203.0.113.7', method: 'SOCKET', path: 'send_message', ...facts },
    });
    expect(JSON.stringify(context)).not.toContain('secret');
  });

  it('is a new one for every message', () => {
    const socket = aSocket();
    const message = { event: 'send_message', threadId: 'thread-1', runId: 'run-1' };
    const [first, second] = [1, 2].map(() => UserExecutionContext.fromSocket(socket, message));
    expect(first).toMatchObject({ threadId: 'thread-1', runId: 'run-1' });
    expect(first!.requestId).not.toBe(second!.requestId);
  });

  it('has the request id that the server has given to the message', () => {
    const requestId = '5b6ee3a3-74be-4c54-9fd2-7f3b7de0d6d2';
    expect(UserExecutionContext.fromSocket(aSocket(), { event: 'x', requestId })).toMatchObject({
      requestId,
    });
  });

  it('is made without an address when the client has hung up already', () => {
    const socket = { ...aSocket(), handshake: { address: undefined, headers: {} } };
    const { auditMetadata } = UserExecutionContext.fromSocket(socket, { event: 'x' });
    expect(auditMetadata).toEqual({ method: 'SOCKET', path: 'x' });
  });

  it('is refused when the message names no valid thread', () => {
    expect(() => UserExecutionContext.fromSocket(aSocket(), { event: 'x', threadId: null })).toThrow(
      'threadId must be a string.',
    );
  });
});

describe('A context for a stored run', () => {
  it('equals the one that accepted the run, under the identity of now', () => {
    const accepted = aContext()
      .with({ agentContext: { topic: 'tea' } })
      .build()
      .createChild('delegate');
    const identity = anIdentity({ userId: accepted.userId, sessionId: 'renewed' });
    const stored: unknown = JSON.parse(JSON.stringify(accepted));
    const reopened = UserExecutionContext.fromRun({ identity, context: stored });
    expect(reopened.equals(accepted)).toBe(true);
    expect(reopened.identity.sessionId).toBe('renewed');
  });

  it("is refused under somebody else's identity", () => {
    const context = aContext().build().toJSON();
    expect(() => UserExecutionContext.fromRun({ identity: anIdentity(), context })).toThrow(
      ContextIsolationError,
    );
  });
});

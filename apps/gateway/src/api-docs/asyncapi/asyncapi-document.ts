import type { EventType } from '@bulkhead/events';
import { ThreadSubscribeDto } from '../../realtime/socket.dto.ts';
import { schemaOfDto } from '../../validation/dto-schema.ts';
import { controlEvents, eventData, eventSchema, problemSchema } from './event-schemas.ts';
import { named, object, uuid, type JsonSchema } from './json-schema.ts';
import { socketCalls, type SocketCall } from './socket-calls.ts';

type Parts = Readonly<Record<string, JsonSchema>>;

const channel = { $ref: '#/channels/socket' };
const inChannel = (message: string): JsonSchema => ({ $ref: `#/channels/socket/messages/${message}` });
const answerTo = ({ event }: SocketCall): string => `${event}.answer`;

/** The Socket.IO protocol, from the code that speaks it. Source: AsyncAPI 3.0.0. */
export function asyncApiDocument(): JsonSchema {
  const calls = socketCalls();
  const messages = { ...messagesOf(calls), ...sentMessages() };
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Bulkhead over Socket.IO',
      version: '1',
      description:
        'Every message of a client is acknowledged with its answer, which has the id of the request: name it when you ask for help. Rules of resuming and a sample session: docs/protocol.md. REST: /openapi.json.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    servers: {
      self: {
        host: '{host}',
        protocol: 'wss',
        pathname: '/socket.io',
        variables: { host: { default: '127.0.0.1:3000' } },
        description:
          'Socket.IO 4 (Engine.IO 4), default namespace; plain ws where the server is not behind TLS.',
      },
    },
    channels: {
      socket: {
        address: '/',
        title: 'The connection of one user',
        description: 'The handshake carries `auth`; a refusal is a connect_error whose `data` is a Problem.',
        messages: refsTo('messages', messages),
        'x-handshake-auth': { $ref: '#/components/schemas/SocketAuthMiddleware' },
      },
    },
    operations: operations(calls),
    components: { messages, schemas: schemas(calls) },
  };
}

function messagesOf(calls: readonly SocketCall[]): Parts {
  const messages = calls.flatMap((call): [string, JsonSchema][] => [
    [call.event, { name: call.event, summary: call.summary, payload: named(call.event).json }],
    [answerTo(call), { name: answerTo(call), payload: named(answerTo(call)).json }],
  ]);
  return Object.fromEntries(messages);
}

const sentTypes = (): string[] => [...Object.keys(eventData), ...Object.keys(controlEvents)];

const sentMessages = (): Parts =>
  Object.fromEntries(sentTypes().map((name) => [name, { name, payload: named(name).json }]));

function operations(calls: readonly SocketCall[]): Parts {
  const received = calls.map((call): [string, JsonSchema] => [
    call.event,
    {
      action: 'receive',
      channel,
      summary: call.summary,
      messages: [inChannel(call.event)],
      reply: { channel, messages: [inChannel(answerTo(call))] },
    },
  ]);
  const sent = sentTypes().map((name): [string, JsonSchema] => [
    name,
    { action: 'send', channel, messages: [inChannel(name)] },
  ]);
  return Object.fromEntries([...received, ...sent]);
}

function schemas(calls: readonly SocketCall[]): Parts {
  const asked = calls.flatMap((call): [string, JsonSchema][] => [
    [call.event, call.request],
    [answerTo(call), acknowledgement(call.answer)],
  ]);
  const events = Object.keys(eventData).map((type): [string, JsonSchema] => [
    type,
    eventSchema(type as EventType),
  ]);
  const controls = Object.entries(controlEvents).map(([type, { json }]): [string, JsonSchema] => [
    type,
    json,
  ]);
  return {
    SocketAuthMiddleware: handshake(),
    Problem: problemSchema,
    ...Object.fromEntries([...asked, ...events, ...controls]),
  };
}

/** What is sent as `auth`: a thread named there is subscribed to with the connection. */
function handshake(): JsonSchema {
  const { properties } = schemaOfDto(ThreadSubscribeDto) as { properties: JsonSchema };
  const token = { type: 'string', description: 'An access token.' };
  return { type: 'object', properties: { token, ...properties }, required: ['token'] };
}

const acknowledgement = (answer: JsonSchema): JsonSchema => ({
  oneOf: [
    object({ ok: { json: { const: true } }, requestId: uuid(), data: { json: answer } }).json,
    object({ ok: { json: { const: false } }, requestId: uuid(), problem: named('Problem') }).json,
  ],
});

const refsTo = (kind: string, parts: Parts): Parts =>
  Object.fromEntries(Object.keys(parts).map((name) => [name, { $ref: `#/components/${kind}/${name}` }]));

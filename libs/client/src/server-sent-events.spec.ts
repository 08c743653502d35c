import fc from 'fast-check';
import { EventStreamParser, type ServerSentEvent } from './server-sent-events.ts';

const stream =
  ': hello\n\nid: 1\nevent: agent_started\ndata: {"a":1}\n\nid: 2\r\nevent: message_delta\r\ndata: é\r\n\r\ndata:x\rdata: y\r\r\n';
const expected: ServerSentEvent[] = [
  { id: '1', event: 'agent_started', data: '{"a":1}' },
  { id: '2', event: 'message_delta', data: 'é' },
  { id: '2', event: 'message', data: 'x\ny' },
];

const parse = (...pieces: string[]): ServerSentEvent[] => {
  const parser = new EventStreamParser();
  return pieces.flatMap((piece) => parser.push(piece));
};

describe('EventStreamParser', () => {
  it('reads comments, ids, types, several lines of data, and every kind of line end', () => {
    expect(parse(stream)).toEqual(expected);
  });

  it('gives the same events wherever the text is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: stream.length })), (cuts) => {
        const edges = [0, ...cuts.toSorted((one, other) => one - other), stream.length];
        const pieces = edges.slice(1).map((edge, index) => stream.slice(edges[index], edge));
        expect(parse(...pieces)).toEqual(expected);
      }),
    );
  });

  it('keeps an event to itself until it is complete', () => {
    expect(parse('id: 1\ndata: a\n')).toEqual([]);
  });

  it('forgets the type of an event without data', () => {
    expect(parse('event: a\n\ndata: b\n\n')).toEqual([{ id: '', event: 'message', data: 'b' }]);
  });
});

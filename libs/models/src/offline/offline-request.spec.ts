import fc from 'fast-check';
import { readRequest } from './offline-request.ts';

describe('readRequest', () => {
  it.each([
    ['Remember that I like tea.', 'I like tea'],
    ['remember that my birthday is 3 May', 'my birthday is 3 May'],
    ['Remember I like tea as a note', 'I like tea'],
    ['Please remember “buy milk” as a note.', 'buy milk'],
    ['Can you remember that I like tea?', 'I like tea'],
    ['Note that the door is open.', 'the door is open'],
    ['note: call Ann. And Bob.', 'call Ann. And Bob'],
    ['Take a note: call Ann', 'call Ann'],
    ['Make a note that Ann called', 'Ann called'],
    ['Save the door code, please.', 'the door code'],
    ['Hello! Save canary-4711 to my notes.', 'canary-4711'],
    ['Add milk to my notes', 'milk'],
    ['Remember to water the plants', 'to water the plants'],
    ['Remember that 37 * 43 = 1591.', '37 * 43 = 1591'],
    ['Remember the value of friendship', 'the value of friendship'],
    ['Remember that it’s Ann’s', 'it’s Ann’s'],
    ['Remember that my number is 555-1234', 'my number is 555-1234'],
    ['Remember that we meet at 3.30 pm. Bye!', 'we meet at 3.30 pm'],
  ])('notes from %j the words %j and nothing else', (text, note) => {
    expect(readRequest(text)).toEqual({ kind: 'wishes', note: { text: note } });
  });

  it.each([
    ['What is 37 * 43, and remember it as a note?', '37 * 43'],
    ['What is 37 * 43? Remember it as a note.', '37 * 43'],
    ['Compute 37 * 43 and save the result as a note.', '37 * 43'],
    ['Compute 37 * 43 and note that.', '37 * 43'],
    ['What is 37 * 43? Remember that.', '37 * 43'],
    ['Calculate 37 * 43, then save it to my notes', '37 * 43'],
    ['Remember 37 * 43 as a note', '37 * 43'],
    ['Save the result of 37 * 43 as a note', '37 * 43'],
    ['Remember what 37 * 43 is', '37 * 43'],
  ])('calculates before it notes the result: %j', (text, expression) => {
    expect(readRequest(text)).toEqual({ kind: 'wishes', expression, note: 'results' });
  });

  it.each([
    ['What time is it?', {}],
    ['what’s the time', {}],
    ["What is today's date?", {}],
    ['What is the date?', {}],
    ['What day is it?', {}],
    ['Tell me the time', {}],
    ['What time is it in Europe/Berlin?', { timeZone: 'Europe/Berlin' }],
    ['current time in America/Argentina/Buenos_Aires', { timeZone: 'America/Argentina/Buenos_Aires' }],
    ['What time is it, UTC?', { timeZone: 'UTC' }],
  ])('asks for the time: %j', (text, time) => {
    expect(readRequest(text)).toEqual({ kind: 'wishes', time });
  });

  it.each([
    ['What did you note?', {}],
    ['What are my notes?', {}],
    ["What's in my notes?", {}],
    ['show my notes', {}],
    ['List all my notes', {}],
    ['What do you remember?', {}],
    ['Do you remember what I said?', {}],
    ['Which notes do I have?', {}],
    ['my notes', {}],
    ['Which notes mention tea?', { query: 'tea' }],
    ['Show me my notes about the garden.', { query: 'the garden' }],
  ])('asks for the notes: %j', (text, notes) => {
    expect(readRequest(text)).toEqual({ kind: 'wishes', notes });
  });

  it('understands several wishes in one message', () => {
    expect(readRequest('What is 6*7, what time is it? Remember that I like tea. Show my notes.')).toEqual({
      kind: 'wishes',
      expression: '6*7',
      time: {},
      note: { text: 'I like tea' },
      notes: {},
    });
  });

  it.each([
    'Hello',
    '',
    'How do I save money?',
    'I remember you.',
    'What time is the meeting?',
    'Take notes!',
    '/',
  ])('reads %j as small talk', (text) => {
    expect(readRequest(text)).toEqual({ kind: 'wishes' });
  });

  it.each([
    [
      '/tool calculator {"expression":"1+1"}',
      { kind: 'tool', toolName: 'calculator', input: '{"expression":"1+1"}' },
    ],
    ['/tool calculator {"a":\n1}\n', { kind: 'tool', toolName: 'calculator', input: '{"a":\n1}' }],
    ['/tool calculator {broken', { kind: 'tool', toolName: 'calculator', input: '{broken' }],
    ['/tool current_time', { kind: 'tool', toolName: 'current_time', input: '{}' }],
    ['/say 3', { kind: 'say', words: 3 }],
    ['/bench 50', { kind: 'bench', words: 50 }],
    ['/sleep 1500', { kind: 'sleep', milliseconds: 1500 }],
    ['/fail', { kind: 'fail' }],
  ])('obeys %j', (text, request) => {
    expect(readRequest(text)).toEqual(request);
  });

  it.each(['/tool', '/say', '/say x', '/say 100000', '/say -1', '/sleep 1e3', '/sleep 99999999', '/other 1'])(
    'does not obey %j',
    (text) => {
      expect(readRequest(text).kind).toBe('wishes');
    },
  );

  it('never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void readRequest(text)));
  });

  it.each([
    ' ',
    '\n',
    'a',
    '"',
    '.',
    'and remember a ',
    'save\n',
    '.\n',
    '\n\n\n\n\n\n\n\n\n\na',
    'note: ',
    '/tool ',
    'my notes about ',
    ', please',
  ])('reads a flood of %j without reading it again for each character', (flood) => {
    const text = flood.repeat(1_000_000 / flood.length);
    readRequest(text);
    readRequest(`remember ${text}`);
  });
});

/** A source of whole numbers below a bound. */
export type Random = (below: number) => number;

const junk: readonly string[] = [
  ...[
    '\0',
    '\u2028',
    '\ud83d',
    '\\ud800',
    '"',
    '\\',
    '\r',
    '\r\n\r\n',
    'data: ',
    ': ',
    '[DONE]',
    '{',
    '}}}}',
    '[[[[',
    ',',
  ],
  ...[
    'null',
    'true',
    '-0',
    '1e999',
    '9007199254740993',
    '""',
    '{}',
    '[]',
    '{"__proto__":{"x":1}}',
    '<!--',
    '<![CDATA[',
  ],
  ...['=cmd|x', ';', '\t', '\ufeff', '%00', '../', "' or 1=1 --"],
];
const values: readonly unknown[] = [
  ...[null, true, -1, 1e308, '', 'x'.repeat(10_000), '\0', [], {}, [[[]]], { length: 1e9 }, '__proto__'],
];

/** A text with something wrong in it: cut, doubled, with junk, or, where it is JSON, with a value that it can't have. */
export function mutated(text: string, random: Random): string {
  const ways = [cut, left, doubled, swapped, junked, junked, withOddValue, withOddValue, repeated, nested];
  let result = text;
  for (let times = 1 + random(3); times > 0; times -= 1) result = ways[random(ways.length)]!(result, random);
  return result;
}

const cut = (text: string, random: Random): string => text.slice(0, random(text.length + 1));

const left = (text: string, random: Random): string => {
  const at = random(text.length + 1);
  return text.slice(0, at) + text.slice(at + 1 + random(20));
};

const doubled = (text: string, random: Random): string => {
  const at = random(text.length + 1);
  return text.slice(0, at) + text.slice(at, at + 200).repeat(2) + text.slice(at);
};

const swapped = (text: string, random: Random): string => {
  const at = random(text.length + 1);
  return text.slice(at) + text.slice(0, at);
};

const junked = (text: string, random: Random): string => {
  const at = random(text.length + 1);
  return text.slice(0, at) + junk[random(junk.length)]! + text.slice(at);
};

/** Up to a third of a megabyte of the same. */
const repeated = (text: string, random: Random): string => {
  const at = random(text.length + 1);
  const piece = text.slice(at, at + 1 + random(30)) || ' ';
  return text.slice(0, at) + piece.repeat(random(10_000)) + text.slice(at);
};

const brackets = ['[', '{"a":', '<div>', '<ul><li>', '<table><tr><td>', '(', '"'];
const nested = (text: string, random: Random): string => {
  const at = random(text.length + 1);
  return text.slice(0, at) + brackets[random(brackets.length)]!.repeat(random(20_000)) + text.slice(at);
};

/** Changes one value of the JSON in the text, if there is some. */
const withOddValue = (text: string, random: Random): string => {
  const [json] = /\{[^]*\}/.exec(text) ?? [];
  if (json === undefined) return text;
  try {
    const parsed: unknown = JSON.parse(json);
    const places = placesIn(parsed);
    const [holder, key] = places[random(places.length)] ?? [];
    if (!holder || key === undefined) return text;
    if (random(4) === 0) delete holder[key];
    else holder[key] = values[random(values.length)];
    return text.replace(json, () => JSON.stringify(parsed));
  } catch {
    return junked(text, random);
  }
};

type Holder = Record<string, unknown>;
function placesIn(value: unknown): [Holder, string][] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Holder;
  return Object.keys(holder).flatMap((key) => [[holder, key] as [Holder, string], ...placesIn(holder[key])]);
}

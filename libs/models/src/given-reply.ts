import type { JsonRecord } from '@bulkhead/user-context';
import type { ChatMessage, GivenPart, GivenReply, PartMetadata } from './chat-message.ts';
import { addressOf, isMistral, protocolOf, type ModelAddress } from './model-address.ts';
import type { ModelStreamPart } from './model.contract.ts';

type Answer = Extract<ChatMessage, { role: 'assistant' }>;
type Draft = { type: 'text' | 'reasoning'; text: string; metadata?: PartMetadata };

/** Our own key among a provider's metadata: fields of the whole message. */
export const FIELDS = 'bulkhead';
/** Source: Google's documentation of thought signatures, for calls that another model made. */
const UNSIGNED = { google: { thoughtSignature: 'skip_thought_signature_validator' } };

/** Collects the parts of a reply that its model wants back. */
export class GivenParts {
  readonly #parts: (Draft | Extract<GivenPart, { type: 'call' }>)[] = [];
  readonly #open = new Map<string, Draft>();
  #calls = 0;
  #fields: JsonRecord | undefined;

  constructor(private readonly from: ModelAddress) {}

  add(part: ModelStreamPart): void {
    const metadata = 'providerMetadata' in part ? (part.providerMetadata as PartMetadata) : undefined;
    if (part.type === 'tool-call') {
      this.#parts.push({ type: 'call', index: this.#calls++, ...(metadata && { metadata }) });
    } else if (part.type === 'finish') {
      this.#fields = metadata?.[FIELDS];
    } else if (part.type === 'text-start' || part.type === 'reasoning-start') {
      this.#begin(part.type === 'text-start' ? 'text' : 'reasoning', part.id, metadata);
    } else if (part.type === 'text-delta' || part.type === 'text-end') {
      this.#add('text', part, metadata);
    } else if (part.type === 'reasoning-delta' || part.type === 'reasoning-end') {
      this.#add('reasoning', part, metadata);
    }
  }

  /** @returns undefined without tool calls: what follows an answer is another run, which is told its text only */
  get(): GivenReply | undefined {
    if (this.#calls === 0) return undefined;
    // Chat completions have thoughts in fields of the message, by the names that the server gave them.
    const isCompatible = protocolOf(this.from) === 'openai-compatible';
    const parts = this.#parts.filter(({ type }) => type !== 'reasoning' || !isCompatible);
    const isPlain = parts.every(({ type, metadata }) => type !== 'reasoning' && !metadata);
    return {
      by: addressOf(this.from),
      ...(!isPlain && { parts }),
      ...(this.#fields && Object.keys(this.#fields).length > 0 && { fields: this.#fields }),
    };
  }

  #add(
    type: Draft['type'],
    part: { readonly id: string; readonly delta?: string },
    metadata: PartMetadata | undefined,
  ): void {
    const key = `${type}:${part.id}`;
    if (!this.#open.has(key)) this.#begin(type, part.id, undefined);
    const draft = this.#open.get(key)!;
    draft.text += part.delta ?? '';
    if (metadata) draft.metadata = merged(draft.metadata, metadata);
  }

  #begin(type: Draft['type'], id: string, metadata: PartMetadata | undefined): void {
    const draft: Draft = { type, text: '', ...(metadata && { metadata }) };
    this.#open.set(`${type}:${id}`, draft);
    this.#parts.push(draft);
  }
}

const merged = (before: PartMetadata = {}, more: PartMetadata): PartMetadata => ({
  ...before,
  ...Object.fromEntries(Object.entries(more).map(([key, data]) => [key, { ...before[key], ...data }])),
});

/** How each answer of a conversation is told to a model: as that model gave it, or as any model can be told it. */
export function givenFor(messages: readonly ChatMessage[], to: ModelAddress | undefined) {
  const isCompatible = to !== undefined && protocolOf(to) === 'openai-compatible';
  const own = (given: GivenReply | undefined): GivenReply | undefined =>
    to && given?.by === addressOf(to) ? given : undefined;
  const calling = messages.filter((message) => message.role === 'assistant' && message.toolCalls.length > 0);
  const foreign = calling.some((message) => !own((message as Answer).given));
  // A server that thinks in this field wants it on every answer once tools are in use. Source: DeepSeek's thinking mode.
  const fills =
    isCompatible &&
    !isMistral(to) &&
    (calling.some((message) => own((message as Answer).given)?.fields?.['reasoning_content'] !== undefined) ||
      (foreign && /deepseek/i.test(to.modelId)));

  return (message: Answer): { parts: readonly GivenPart[]; fields?: JsonRecord } => {
    const given = own(message.given);
    const needsSignature = isCompatible && !given && /gemini/i.test(to.modelId);
    const parts = given?.parts ?? plainParts(message, needsSignature ? UNSIGNED : undefined);
    const fields = {
      ...(fills && { reasoning_content: '' }),
      ...(given?.fields && takenBack(given.fields, to)),
    };
    return {
      parts: isCompatible ? parts.map(asCompatible) : parts,
      ...(Object.keys(fields).length > 0 && { fields }),
    };
  };
}

/** Mistral's service takes thoughts back as parts of the content only. */
function takenBack(fields: JsonRecord, to: ModelAddress | undefined): JsonRecord {
  if (!to || !isMistral(to)) return fields;
  return fields['content'] === undefined ? {} : { content: fields['content'] };
}

const plainParts = ({ text, toolCalls }: Answer, first: PartMetadata | undefined): GivenPart[] => [
  { type: 'text', text },
  ...toolCalls.map((_, index): GivenPart => ({
    type: 'call',
    index,
    ...(index === 0 && first && { metadata: first }),
  })),
];

/** The SDK tells a signature under the provider's key, and sends one that it finds under Google's. */
function asCompatible(part: GivenPart): GivenPart {
  if (!part.metadata) return part;
  const signature = Object.values(part.metadata).find((data) => 'thoughtSignature' in data)?.[
    'thoughtSignature'
  ];
  const { metadata: _other, ...bare } = part;
  return signature === undefined ? bare : { ...bare, metadata: { google: { thoughtSignature: signature } } };
}

/** An answer as any provider gives it; a dialect makes it the provider's own. */
export interface ProviderAnswer {
  /** Thoughts that come before the text. */
  readonly reasoning?: string;
  readonly texts?: readonly string[];
  readonly toolCalls?: readonly AnsweredCall[];
  /** Absent: the provider does not tell. */
  readonly usage?: { readonly inputTokens: number; readonly outputTokens: number };
  /** Default: `tool-calls` when there are some, otherwise `stop`. */
  readonly finish?: AnswerFinish;
}

export type AnswerFinish = 'stop' | 'tool-calls' | 'length' | 'content-filter';

export interface AnsweredCall {
  /** Absent: the server gives one of the service's own form. */
  readonly id?: string;
  readonly name: string;
  readonly arguments: object;
}

/** An answer whose calls all have an id. */
export interface IdentifiedAnswer extends ProviderAnswer {
  readonly toolCalls: readonly Required<AnsweredCall>[];
}

/** How a service says no. */
export interface ServiceRefusal {
  readonly status: number;
  readonly body: object;
}

/** A request's JSON body, as it came. */
export type WireBody = Readonly<Record<string, unknown>>;

/** The thoughts that a fake gave with a tool call, by the call's id: some services want them back. */
export type GivenThoughts = ReadonlyMap<string, string>;

/** One rule of a service. @returns its refusal when the request breaks it */
export type DialectRule<Body> = (body: Body, thoughts: GivenThoughts) => ServiceRefusal | undefined;

/** How one service is spoken to, what it refuses, and how it answers. */
export interface ProviderDialect {
  /** Its name in model references. */
  readonly provider: 'openai-compatible' | 'openai' | 'anthropic' | 'google';
  readonly model: string;
  /** The path of a streamed request, below the base URL. */
  readonly path: (model: string) => string;
  /** The header that carries the key, and how. */
  readonly keyHeader: string;
  readonly keyPrefix: string;
  /** The answer to a request without a key. Absent: it needs none. */
  readonly unauthorized?: ServiceRefusal;
  /** The answer to a request for another model. Absent: it has one and doesn't look. */
  readonly unknownModel?: (model: string) => ServiceRefusal;
  /** The answer to more tokens than fit. Absent: it cuts the conversation without a word. */
  readonly tooLong?: (tokens: number, limit: number) => ServiceRefusal;
  /** @returns the refusal of the first rule that the body breaks */
  readonly check: (body: WireBody, thoughts: GivenThoughts) => ServiceRefusal | undefined;
  /** The n-th tool call id that it gives. */
  readonly callId: (n: number) => string;
  /** The event stream of an answer, one frame per element. */
  readonly frames: (answer: IdentifiedAnswer) => string[];
  /** The body of a failure that no rule is to blame for. */
  readonly failure: (message: string, status: number) => object;
}

/** Checks the rules in order. */
export const checking =
  <Body>(rules: readonly DialectRule<Body>[]): ProviderDialect['check'] =>
  (body, thoughts) => {
    for (const rule of rules) {
      const refusal = rule(body as Body, thoughts);
      if (refusal) return refusal;
    }
    return undefined;
  };

/** One frame of a stream of server-sent events. */
export const dataFrame = (value: object): string => `data: ${JSON.stringify(value)}\n\n`;

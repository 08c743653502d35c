import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { ProbeRequest, ProbeResponse } from './http-probe.ts';

interface Answer {
  readonly content?: Readonly<Record<string, unknown>>;
}
interface Document {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, Answer>> }>>>
  >;
}

/** What a server says about its API, held against what it answers. */
class Contract {
  readonly #validators = new Map<string, ValidateFunction>();
  readonly #routes: readonly { readonly path: string; readonly matches: RegExp }[];
  readonly #ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });

  constructor(private readonly document: Document) {
    this.#ajv.addSchema(document, 'api');
    this.#routes = Object.keys(document.paths)
      .map((path) => ({ path, matches: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`) }))
      // What is spelled out comes before what is filled in.
      .toSorted((a, b) => a.path.split('{').length - b.path.split('{').length);
  }

  /** What is wrong with an answer; undefined when it is as described, or when no route is asked for. */
  complaintAbout({ method = 'GET', path }: ProbeRequest, answer: ProbeResponse): string | undefined {
    const [pathname = ''] = path.split(/[?#]/);
    const route = this.#routes.find(({ matches }) => matches.test(pathname));
    const operation = route && this.document.paths[route.path]?.[method.toLowerCase()];
    if (!route || !operation) return undefined;
    const described = operation.responses[answer.status];
    if (!described) return `status ${answer.status} is not described`;
    if (answer.text === '') return described.content ? 'an empty body is not described' : undefined;
    const type = answer.contentType.split(';')[0] ?? '';
    if (!described.content?.[type]) return `a body of ${type} is not described`;
    if (!type.endsWith('json')) return undefined;
    const place = ['paths', route.path, method.toLowerCase(), 'responses', String(answer.status)];
    const validate = this.#validatorOf([...place, 'content', type, 'schema']);
    return validate(JSON.parse(answer.text)) ? undefined : this.#ajv.errorsText(validate.errors);
  }

  #validatorOf(place: readonly string[]): ValidateFunction {
    const pointer = place.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1')).join('/');
    const known = this.#validators.get(pointer);
    if (known) return known;
    const validate = this.#ajv.compile({ $ref: `api#/${encodeURI(pointer)}` });
    this.#validators.set(pointer, validate);
    return validate;
  }
}

/** By the document's text: servers of one build share the compiled schemas. */
const contracts = new Map<string, Contract>();
const ofServers = new Map<string, Promise<Contract | undefined>>();

/** @throws Error when an answer is not as the server's own API document says */
export async function holdToContract(
  baseUrl: string,
  request: ProbeRequest,
  answer: ProbeResponse,
): Promise<void> {
  if (!/^\/(?:v1|health|problems)(?:[/?]|$)/.test(request.path)) return;
  const contract = await contractOf(baseUrl);
  const complaint = contract?.complaintAbout(request, answer);
  if (complaint === undefined) return;
  const name = `${request.method ?? 'GET'} ${request.path.slice(0, 100)}`;
  throw new Error(
    `Not as the API document says: ${name}: ${complaint}: ${answer.status} ${answer.text.slice(0, 300)}`,
  );
}

function contractOf(baseUrl: string): Promise<Contract | undefined> {
  const known = ofServers.get(baseUrl);
  if (known) return known;
  const reading = readContract(baseUrl);
  ofServers.set(baseUrl, reading);
  // A server that is down or stopping just now is asked again the next time.
  void reading.then((contract) => contract ?? ofServers.delete(baseUrl));
  return reading;
}

async function readContract(baseUrl: string): Promise<Contract | undefined> {
  const text = await fetch(`${baseUrl}/openapi.json`).then(
    (response) => (response.ok ? response.text() : undefined),
    () => undefined,
  );
  if (text === undefined) return undefined;
  const contract = contracts.get(text) ?? new Contract(JSON.parse(text) as Document);
  contracts.set(text, contract);
  return contract;
}

import type { JsonRecord, JsonValue } from '@bulkhead/user-context';
import type { SideEffect, Tool, ToolInvocation } from '../registry/tool.contract.ts';

type Behaviour = (args: JsonRecord, invocation: ToolInvocation) => unknown;

/** A tool that takes anything, does as it is told, and remembers how it was executed. */
export class SpyTool implements Tool {
  readonly description = 'Remembers how it was executed.';
  readonly permission = 'tools:spy';
  sideEffect: SideEffect = 'idempotent';
  readonly parameters = { type: 'object', additionalProperties: true } as const;
  readonly executions: { readonly args: JsonRecord; readonly invocation: ToolInvocation }[] = [];

  constructor(
    readonly name: string,
    private readonly behave: Behaviour = () => ({ ok: true }),
    readonly timeoutMs = 30_000,
  ) {}

  execute(args: JsonRecord, invocation: ToolInvocation): Promise<JsonValue> {
    this.executions.push({ args, invocation });
    // What a tool returns is JSON by its type only: tests return other things on purpose.
    return Promise.resolve(this.behave(args, invocation) as JsonValue);
  }
}

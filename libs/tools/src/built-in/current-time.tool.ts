import { Injectable } from '@nestjs/common';
import type { JsonValue } from '@bulkhead/user-context';
import type { Tool } from '../registry/tool.contract.ts';
import { ToolRefusalError } from '../tools.errors.ts';

@Injectable()
export class CurrentTimeTool implements Tool<{ timeZone?: string }> {
  readonly name = 'current_time';
  readonly description =
    'Tells the current date and time, in UTC or in an IANA time zone such as Europe/Berlin.';
  readonly permission = 'tools:time';
  readonly sideEffect = 'none';
  readonly readsPrivateData = false;
  readonly parameters = {
    type: 'object',
    properties: { timeZone: { type: 'string', minLength: 1, maxLength: 64 } },
  } as const;

  execute({ timeZone = 'UTC' }: { timeZone?: string }): Promise<JsonValue> {
    const now = new Date();
    return Promise.resolve({ now: now.toISOString(), timeZone, formatted: format(now, timeZone) });
  }
}

function format(now: Date, timeZone: string): string {
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'full', timeStyle: 'long' }).format(now);
  } catch (cause) {
    throw new ToolRefusalError('There is no such time zone. Use an IANA name such as Europe/Berlin.', {
      cause,
      field: 'timeZone',
    });
  }
}

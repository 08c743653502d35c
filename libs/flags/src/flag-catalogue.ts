/** A switch between ways of doing the same, for as long as more than one of them is there. */
export interface FlagDefinition {
  readonly description: string;
  readonly values: readonly string[];
  /** What holds unless an administrator says otherwise; one of the values. */
  readonly default: string;
  /** Last day (UTC) of the choice, `YYYY-MM-DD`. After it the default holds, and the flag is to be removed. */
  readonly expires: string;
}

/** Every flag there is. A flag that decides who may do what would be a way round authentication: there is none. */
export const FLAGS = {
  run_queue_wake: {
    description:
      'How nodes learn of runs to take: `notify`, they tell each other through the database; `poll`, they ask it ten times a second.',
    values: ['notify', 'poll'],
    default: 'notify',
    expires: '2027-12-31',
  },
} as const satisfies Readonly<Record<string, FlagDefinition>>;

export type FlagName = keyof typeof FLAGS;
export type FlagValue<Name extends FlagName> = (typeof FLAGS)[Name]['values'][number];

export const FLAG_NAMES = Object.keys(FLAGS) as FlagName[];

export const isFlagName = (name: string): name is FlagName => Object.hasOwn(FLAGS, name);

/** @param today `YYYY-MM-DD` in UTC */
export const hasExpired = (
  { expires }: FlagDefinition,
  today = new Date().toISOString().slice(0, 10),
): boolean => today > expires;

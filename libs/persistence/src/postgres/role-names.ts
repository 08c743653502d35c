/** What the roles of one installation are for; each name follows the installation's prefix. */
const purposes = ['owner', 'app', 'auth', 'pruner', 'admin', 'login', 'engine', 'query'] as const;

export type RolePurpose = (typeof purposes)[number];

/** The roles of one installation by their purpose. Roles belong to the whole cluster, tables to one database. */
export type RoleNames = Readonly<Record<RolePurpose | 'prefix', string>>;

/** The prefix of the first installation in a cluster, and the one that migrations are written with. */
export const DEFAULT_PREFIX = 'bulkhead';

const inText = new RegExp(`\\b${DEFAULT_PREFIX}_(${purposes.join('|')})\\b`, 'g');

/** @param prefix lower-case letters, digits and underscores: the names need no quotes */
export const rolesWith = (prefix: string): RoleNames => {
  const names = purposes.map((purpose) => [purpose, `${prefix}_${purpose}`]);
  return { prefix, ...(Object.fromEntries(names) as Record<RolePurpose, string>) };
};

/** SQL that names the roles as migrations do, for the roles of another prefix. Never for a text with values in it. */
export const withPrefix = (sql: string, { prefix }: RoleNames): string =>
  sql.replaceAll(inText, `${prefix}_$1`);

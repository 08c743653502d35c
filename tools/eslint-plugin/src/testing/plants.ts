/** Violations to plant, by the name of the ban that must catch them: the path of a file and its text. */
export type Plants = Readonly<Record<string, readonly (readonly [path: string, text: string])[]>>;

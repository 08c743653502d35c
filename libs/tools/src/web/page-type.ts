const html = /^(?:text\/html|application\/xhtml\+xml)$/;
const plain = /^(?:text\/[\w.+-]+|application\/(?:[\w.-]+\+)?(?:json|xml))$/;

/** The type without its parameters, in lower case. */
export const mediaType = (contentType: string): string =>
  (contentType.split(';')[0] ?? '').trim().toLowerCase();

export const isHtml = (type: string): boolean => html.test(type);

/** Whether a page of this type is a text that an agent can read. */
export const isReadable = (type: string): boolean => html.test(type) || plain.test(type);

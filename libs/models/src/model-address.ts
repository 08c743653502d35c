/** Which model of which provider. */
export interface ModelAddress {
  readonly provider: string;
  readonly modelId: string;
}

/** How a model is told apart from all others. */
export const addressOf = ({ provider, modelId }: ModelAddress): string => `${provider}:${modelId}`;

/** Whose service and chat templates have rules of their own. */
export const isMistral = ({ modelId }: ModelAddress): boolean =>
  /(?:mi(?:ni)?stral|mixtral|codestral|devstral|pixtral|voxtral)/i.test(modelId);

/** The protocol that a provider speaks; the SDKs call their models `anthropic.messages` and so on. */
export const protocolOf = ({ provider }: ModelAddress): string => provider.split('.', 1)[0] ?? '';

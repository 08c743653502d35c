import { ValidateBy } from 'class-validator';

const DECIMAL = /^\d{1,9}(?:\.\d{1,9})?$/;

function isPriceTable(text: unknown): boolean {
  try {
    const table: unknown = JSON.parse(String(text));
    return (
      typeof table === 'object' &&
      table !== null &&
      !Array.isArray(table) &&
      Object.values(table).every(isPrice)
    );
  } catch {
    return false;
  }
}

function isPrice(price: unknown): boolean {
  if (typeof price !== 'object' || price === null) return false;
  const { input, output, ...others } = price as Record<string, unknown>;
  const areDecimals = [input, output].every(
    (decimal) => typeof decimal === 'string' && DECIMAL.test(decimal),
  );
  return areDecimals && Object.keys(others).length === 0;
}

/** JSON text: prices per million tokens by the model's reference, as decimal text, so that none is rounded. */
export const IsPriceTable = (): PropertyDecorator =>
  ValidateBy({
    name: 'isPriceTable',
    validator: {
      validate: isPriceTable,
      defaultMessage: () =>
        'MODEL_PRICES must be JSON such as {"openai:gpt-4o-mini":{"input":"0.15","output":"0.60"}}, per million tokens',
    },
  });

import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import type { JsonRecord } from '@bulkhead/user-context';
import type { ArgumentsClass } from './tool.contract.ts';
import { InvalidToolArgumentsError } from '../tools.errors.ts';

/**
 * The arguments as an instance of the tool's class, checked by class-validator; a field without a rule is refused.
 * @throws InvalidToolArgumentsError naming the field, with the message of the rule
 */
export function instanceOfClass(type: ArgumentsClass, args: JsonRecord): object {
  const instance = plainToInstance(type, args);
  const [error] = validateSync(instance, {
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    stopAtFirstError: true,
  });
  if (error) throw refusal(error);
  return instance;
}

function refusal(first: ValidationError): InvalidToolArgumentsError {
  const path: string[] = [];
  for (let error: ValidationError | undefined = first; error; error = error.children?.[0]) {
    path.push(error.property);
    const [message] = Object.values(error.constraints ?? {});
    // Messages begin with the field's own name.
    if (message !== undefined)
      return new InvalidToolArgumentsError(path.join('.'), message.replace(`${error.property} `, ''));
  }
  return new InvalidToolArgumentsError('arguments', 'are not valid');
}

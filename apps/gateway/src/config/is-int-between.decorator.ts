import { Type } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';

/** A whole number within limits, read from text. @param min least @param max greatest */
export const IsIntBetween =
  (min: number, max: number): PropertyDecorator =>
  (target, key) => {
    for (const decorate of [Type(() => Number), IsInt(), Min(min), Max(max)]) decorate(target, key);
  };

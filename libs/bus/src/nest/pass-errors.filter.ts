import { Catch, type RpcExceptionFilter } from '@nestjs/common';
import { type Observable, throwError } from 'rxjs';

/**
 * Hands an error of a handler on as it is. Without it Nest turns every error into `{ status, message }`, and the bus
 * could not tell a lost partition from a failure that is worth another try. Register it globally.
 */
@Catch()
export class PassErrorsFilter implements RpcExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}

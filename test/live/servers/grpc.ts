// A gRPC service in Node: `node grpc.ts ADDRESS`.
import { fileURLToPath } from 'node:url';
import {
  type GrpcObject,
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type ServiceClientConstructor,
  status,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

/** The service of books.proto. */
export function booksService(): ServiceClientConstructor {
  const proto = fileURLToPath(new URL('books.proto', import.meta.url));
  const { shop } = loadPackageDefinition(loadSync(proto)) as unknown as { shop: { v1: GrpcObject } };
  return shop.v1.Books as ServiceClientConstructor;
}

const book = { title: 's3cr3t-grpc-title' };

function serve(address: string): void {
  const server = new Server();
  server.addService(booksService().service, {
    Get: ({ request }: { request: { id: string } }, answer: (error: object | null, book?: object) => void) =>
      request.id === 'none' ? answer({ code: status.NOT_FOUND, details: 'no such book' }) : answer(null, book),
    List: (call: NodeJS.WritableStream & { request: object }) => {
      for (let i = 0; i < 5; i++) call.write(book as never);
      call.end();
    },
    Add: (call: NodeJS.ReadableStream, answer: (error: null, key: object) => void) => {
      call.on('data', () => {}).on('end', () => answer(null, { id: '7' }));
    },
    Talk: (call: NodeJS.ReadWriteStream) => {
      call.on('data', (said) => call.write(said)).on('end', () => call.end());
    },
  });
  server.bindAsync(address, ServerCredentials.createInsecure(), (error) => {
    if (error) throw error;
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) serve(process.argv[2]);

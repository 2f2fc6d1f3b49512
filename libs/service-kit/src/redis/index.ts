export { connectRedis, type RedisClient } from './connect.ts';

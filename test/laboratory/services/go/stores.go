package main

import (
	"context"
	"database/sql"
	"net/url"
	"strings"
	"sync"

	_ "github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgxpool"
	amqp "github.com/rabbitmq/amqp091-go"
	"github.com/redis/go-redis/v9"
)

var clients sync.Map

// client makes what is kept for a step, once.
func client[T any](step string, open func() T) T {
	value, ok := clients.Load(step)
	if !ok {
		value, _ = clients.LoadOrStore(step, sync.OnceValue(open))
	}
	return value.(func() T)()
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// callStore asks a database or a broker; the id is in a name that Flowloom does not mask.
func callStore(step string, target *url.URL, id string) error {
	ctx := context.Background()
	switch target.Scheme {
	case "redis":
		if err := redisOf(step, target).Get(ctx, "lab:"+id).Err(); err != redis.Nil {
			return err
		}
	case "postgres":
		pool := client(step, func() *pgxpool.Pool {
			return must(pgxpool.New(ctx, step+"?pool_max_conns=64&default_query_exec_mode=exec"))
		})
		_, err := pool.Exec(ctx, "SELECT 1 AS lab_"+id)
		return err
	case "mysql":
		db := client(step, func() *sql.DB {
			db := must(sql.Open("mysql", target.User.String()+"@tcp("+target.Host+")/"))
			db.SetMaxIdleConns(64)
			return db
		})
		_, err := db.Exec("SELECT 1 AS lab_" + id)
		return err
	case "amqp":
		channel := client(step, func() *amqp.Channel { return must(must(amqp.Dial(step)).Channel()) })
		return channel.PublishWithContext(ctx, "lab", "lab_"+id, false, false, amqp.Publishing{Body: []byte("?")})
	}
	return nil
}

func redisOf(step string, target *url.URL) *redis.Client {
	return client(step, func() *redis.Client {
		return redis.NewClient(&redis.Options{Addr: target.Host, PoolSize: 256, DisableIdentity: true})
	})
}

// callPipeline asks for all of them in one go.
func callPipeline(step string, target *url.URL, ids ...string) error {
	ctx := context.Background()
	_, err := redisOf(step, target).Pipelined(ctx, func(pipe redis.Pipeliner) error {
		for _, id := range ids {
			pipe.Get(ctx, "lab:"+id)
		}
		return nil
	})
	if err == redis.Nil {
		return nil
	}
	return err
}

// consume takes messages of the queue, a goroutine for each.
func consume(broker string) error {
	channel := must(must(amqp.Dial(broker)).Channel())
	for message := range must(channel.Consume("lab", "", false, false, false, false, nil)) {
		go func() {
			work(strings.TrimPrefix(message.RoutingKey, "lab_"))
			message.Ack(false)
		}()
	}
	return nil
}

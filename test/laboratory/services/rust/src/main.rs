//! A service in Rust: hyper and redis on tokio; the calls of a stage at once, in the task that was asked or in ones of their own.
use std::collections::hash_map::RandomState;
use std::collections::HashMap;
use std::convert::Infallible;
use std::env;
use std::hash::BuildHasher;
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::try_join_all;
use http_body_util::{BodyExt, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::client::legacy::{connect::HttpConnector, Client};
use hyper_util::rt::{TokioExecutor, TokioIo};
use redis::aio::MultiplexedConnection;
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{signal, SignalKind};
use tokio::task::JoinSet;

type Outcome = Result<(), Box<dyn std::error::Error + Send + Sync>>;

struct Service {
    plan: Vec<Vec<String>>,
    /// Each call of a stage is made by a task of its own.
    spawns: bool,
    http: Client<HttpConnector, Empty<Bytes>>,
    /// One connection for all, by its step.
    redis: tokio::sync::Mutex<HashMap<String, MultiplexedConnection>>,
    truth: Mutex<Vec<u8>>,
}

fn random() -> u64 {
    RandomState::new().hash_one(0)
}

impl Service {
    /// The id of an outgoing request, which is written down.
    fn sends(&self, incoming: &str, step: &str) -> String {
        let outgoing = format!("{:012x}", random() >> 16);
        writeln!(self.truth.lock().unwrap(), "{incoming} {outgoing} {step}").unwrap();
        outgoing
    }

    async fn redis(&self, step: &str) -> redis::RedisResult<MultiplexedConnection> {
        let mut connections = self.redis.lock().await;
        if let Some(connection) = connections.get(step) {
            return Ok(connection.clone());
        }
        let connection = redis::Client::open(step)?.get_multiplexed_async_connection().await?;
        connections.insert(step.to_string(), connection.clone());
        Ok(connection)
    }

    async fn call(&self, step: &str, incoming: &str) -> Outcome {
        if let Some(limit) = step.strip_prefix("sleep ") {
            let part = random() as f64 / u64::MAX as f64;
            tokio::time::sleep(Duration::from_secs_f64(limit.parse::<f64>()? / 1000.0 * part)).await;
        } else if step.starts_with("redis:") {
            let mut connection = self.redis(step).await?;
            let key = format!("lab:{}", self.sends(incoming, step));
            redis::cmd("GET").arg(key).query_async::<Option<String>>(&mut connection).await?;
        } else {
            let url = format!("{step}/{}", self.sends(incoming, step)).parse()?;
            self.http.get(url).await?.into_body().collect().await?;
        }
        Ok(())
    }

    /// Does what the plan says for one request.
    async fn work(self: &Arc<Self>, incoming: &str) -> Outcome {
        for stage in &self.plan {
            if !self.spawns {
                try_join_all(stage.iter().map(|step| self.call(step, incoming))).await?;
                continue;
            }
            let mut tasks = JoinSet::new();
            for step in stage {
                let (service, step, incoming) = (self.clone(), step.clone(), incoming.to_string());
                tasks.spawn(async move { service.call(&step, &incoming).await });
            }
            while let Some(result) = tasks.join_next().await {
                result??;
            }
        }
        Ok(())
    }

    async fn answer(self: Arc<Self>, request: Request<Incoming>) -> Result<Response<String>, Infallible> {
        let id = request.uri().path().rsplit('/').next().unwrap_or_default();
        let (status, text) = match self.work(id).await {
            Ok(()) => (200, "ok\n".to_string()),
            Err(error) => (502, error.to_string()),
        };
        Ok(Response::builder().status(status).body(text).unwrap())
    }

    async fn serve(self: Arc<Self>, stream: TcpStream) {
        let service = service_fn(move |request| self.clone().answer(request));
        // A client that goes away is no error.
        let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
    }

    async fn stops(self: Arc<Self>) {
        signal(SignalKind::terminate()).unwrap().recv().await;
        std::io::stdout().write_all(&self.truth.lock().unwrap()).unwrap();
        std::process::exit(0);
    }
}

#[tokio::main]
async fn main() -> Outcome {
    let plan = env::var("LAB_PLAN").unwrap_or("[]".to_string());
    let service = Arc::new(Service {
        plan: serde_json::from_str(&plan)?,
        spawns: env::var("LAB_SPAWNS").is_ok(),
        http: Client::builder(TokioExecutor::new()).build_http(),
        redis: Default::default(),
        truth: Default::default(),
    });
    tokio::spawn(service.clone().stops());
    let listener = TcpListener::bind(format!("127.0.0.1:{}", env::var("LAB_PORT")?)).await?;
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(service.clone().serve(stream));
    }
}

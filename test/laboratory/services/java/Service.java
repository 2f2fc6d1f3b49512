import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintStream;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A service on the JDK alone, and JDBC. LAB_MODE: `pool` (threads of a pool answer, those of another one make the calls of a stage that
 * are made at once; LAB_CALLERS: `stealing`, `cached`; LAB_FUTURES: which it waits for one after another), `virtual` (the same with virtual threads), `async` (java.net.http.HttpClient, nothing
 * waits). LAB_CLIENT: `send` (java.net.http.HttpClient where else HttpURLConnection calls).
 */
class Service {
  static final PrintStream truth = new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), false);
  static final StringBuilder lines = new StringBuilder();
  static final String mode = System.getenv().getOrDefault("LAB_MODE", "pool");
  static final ExecutorService callers = callers(System.getenv().getOrDefault("LAB_CALLERS", ""));
  static final boolean sends = System.getenv().getOrDefault("LAB_CLIENT", "").equals("send");
  static final HttpClient client = HttpClient.newHttpClient();
  static final ConcurrentHashMap<String, Queue<Socket>> pools = new ConcurrentHashMap<>();
  static final ConcurrentHashMap<String, Queue<Connection>> databases = new ConcurrentHashMap<>();

  static ExecutorService executor(int threads) {
    if (!mode.equals("virtual")) return Executors.newFixedThreadPool(threads);
    try {
      return (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    } catch (ReflectiveOperationException error) {
      throw new IllegalStateException("virtual threads need Java 21", error);
    }
  }

  static ExecutorService callers(String kind) {
    if (kind.equals("stealing")) return new ForkJoinPool(16);
    return kind.equals("cached") ? Executors.newCachedThreadPool() : executor(16);
  }

  /** `[["a","b"],["c"]]` */
  static List<List<String>> parsePlan(String text) {
    List<List<String>> plan = new ArrayList<>();
    for (String stage : text.split("],")) {
      List<String> steps = new ArrayList<>();
      Pattern.compile("\"([^\"]*)\"").matcher(stage).results().forEach(match -> steps.add(match.group(1)));
      if (!steps.isEmpty()) plan.add(steps);
    }
    return plan;
  }

  static String sends(String incoming, String step) {
    String id = String.format("%012x", ThreadLocalRandom.current().nextLong(1L << 48));
    synchronized (lines) {
      lines.append(incoming).append(' ').append(id).append(' ').append(step).append('\n');
    }
    return id;
  }

  static void call(String step, String incoming) {
    // One task may make several calls.
    for (String one : step.split(" & ")) callOne(one, incoming);
  }

  static void callOne(String step, String incoming) {
    try {
      if (step.startsWith("sleep ")) {
        Thread.sleep(ThreadLocalRandom.current().nextInt(Integer.parseInt(step.substring(6)) + 1));
        return;
      }
      String id = sends(incoming, step);
      if (step.startsWith("redis:")) redis(URI.create(step), id);
      else if (step.startsWith("jdbc:")) query(step, id);
      else if (sends) client.send(HttpRequest.newBuilder(URI.create(step + "/" + id)).build(), BodyHandlers.ofString());
      else {
        HttpURLConnection connection = (HttpURLConnection) URI.create(step + "/" + id).toURL().openConnection();
        connection.getInputStream().readAllBytes();
      }
    } catch (IOException | InterruptedException | SQLException error) {
      throw new IllegalStateException(error);
    }
  }

  static void query(String url, String id) throws SQLException {
    Queue<Connection> pool = databases.computeIfAbsent(url, key -> new ConcurrentLinkedQueue<>());
    Connection connection = pool.poll();
    if (connection == null) connection = DriverManager.getConnection(url);
    try (Statement statement = connection.createStatement()) {
      statement.executeQuery("SELECT 1 AS lab_" + id).close();
    }
    pool.add(connection);
  }

  static void redis(URI url, String id) throws IOException {
    Queue<Socket> pool = pools.computeIfAbsent(url.getAuthority(), key -> new ConcurrentLinkedQueue<>());
    Socket socket = pool.poll();
    if (socket == null) {
      socket = new Socket(url.getHost(), url.getPort());
      socket.setTcpNoDelay(true);
    }
    socket.getOutputStream().write(("*2\r\n$3\r\nGET\r\n$16\r\nlab:" + id + "\r\n").getBytes());
    for (int last = 0; last != '\n'; ) last = socket.getInputStream().read();
    pool.add(socket);
  }

  static CompletableFuture<?> callAsync(String step, String incoming) {
    if (!step.startsWith("http")) return CompletableFuture.runAsync(() -> call(step, incoming), callers);
    HttpRequest request = HttpRequest.newBuilder(URI.create(step + "/" + sends(incoming, step))).build();
    return client.sendAsync(request, BodyHandlers.discarding());
  }

  static CompletableFuture<?> stage(List<String> steps, String incoming) {
    CompletableFuture<?>[] calls = new CompletableFuture[steps.size()];
    for (int i = 0; i < calls.length; i++) {
      String step = steps.get(i);
      calls[i] = mode.equals("async") ? callAsync(step, incoming) : CompletableFuture.runAsync(() -> call(step, incoming), callers);
    }
    return CompletableFuture.allOf(calls);
  }

  /** Nobody waits for the second one as long as the first one is not done. */
  static void waitForEach(List<String> steps, String incoming) throws IOException {
    try {
      for (Future<Object> future : callers.invokeAll(steps.stream().map(step -> Executors.callable(() -> call(step, incoming))).collect(Collectors.toList())))
        future.get();
    } catch (InterruptedException | ExecutionException error) {
      throw new IOException(error);
    }
  }

  static void answer(HttpExchange exchange) {
    try {
      exchange.sendResponseHeaders(200, 3);
      exchange.getResponseBody().write("ok\n".getBytes());
      exchange.close();
    } catch (IOException gone) {
      // its client has left
    }
  }

  public static void main(String[] arguments) throws IOException {
    List<List<String>> plan = parsePlan(System.getenv("LAB_PLAN"));
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(System.getenv("LAB_PORT"))), 256);
    server.setExecutor(executor(64));
    server.createContext("/", exchange -> {
      String path = exchange.getRequestURI().getPath();
      String incoming = path.substring(path.lastIndexOf('/') + 1);
      if (mode.equals("async")) {
        CompletableFuture<?> done = CompletableFuture.completedFuture(null);
        for (List<String> stage : plan) done = done.thenCompose(before -> stage(stage, incoming));
        done.thenRun(() -> answer(exchange));
        return;
      }
      for (List<String> stage : plan) {
        if (stage.size() == 1) call(stage.get(0), incoming);
        else if (System.getenv("LAB_FUTURES") == null) stage(stage, incoming).join();
        else waitForEach(stage, incoming);
      }
      answer(exchange);
    });
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      synchronized (lines) {
        truth.print(lines);
        truth.flush();
      }
    }));
    server.start();
  }
}

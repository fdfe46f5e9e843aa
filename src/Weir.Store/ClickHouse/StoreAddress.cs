// SPDX-License-Identifier: Apache-2.0
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Weir.Hosting.Sections;
using Weir.Wire.Native;

namespace Weir.Store.ClickHouse;

/// <summary>Where a flow store answers: a ClickHouse server's HTTP interface, or the embedded
/// engine's Unix socket.</summary>
public sealed record StoreAddress
{
    private StoreAddress(Uri address, string? socket) => (Base, Socket) = (address, socket);

    public Uri Base { get; }

    /// <summary>Path of the Unix socket, or null where the store is reached over TCP.</summary>
    public string? Socket { get; }

    /// <summary>Database that holds Weir's tables. Default <c>weir</c>.</summary>
    public string Database { get; init; } = "weir";

    /// <summary>User and password, or null for none.</summary>
    public StoreLogin? Login { get; init; }

    /// <summary>What an operator calls it; empty where there is no other.</summary>
    public string Name { get; init; } = "";

    /// <summary>How a sentence about it begins; empty where there is no other.</summary>
    internal string Prefix => Name.Length > 0 ? $"shard {Name}: " : "";

    /// <summary>Whose certificates are believed over <c>https</c>; null = the system's.</summary>
    public SslClientAuthenticationOptions? Trust { get; init; }

    /// <summary>Settings of every request.</summary>
    public IReadOnlyList<(string Name, string Value)> Settings { get; init; } = [];

    /// <summary>Shards that it asks in turn: what an operator calls each, and how the engine names it.</summary>
    public IReadOnlyList<(string Name, string Endpoint)> Behind { get; init; } = [];

    /// <summary>It as it is told of.</summary>
    public string Place =>
        Name.Length > 0 ? $"the flow store's shard {Name} at {Base}" : $"the flow store at {Socket ?? Base.ToString()}";

    public static StoreAddress ForSocket(string path) => new(new Uri("http://localhost/"), path);

    /// <summary>Takes <c>http://host:8123/</c> or <c>https://…</c>.</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public static StoreAddress ForServer(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? new(uri, null)
            : throw new FormatException(
                $"'{address}' is not the address of a flow store; write http://host:8123/ or https://host:8443/");

    /// <summary>The server of a section that names one.</summary>
    public static StoreAddress For(StoreOptions settings) => ForServer(settings.Url!.ToString()) with
    {
        Login = settings.User is { } user ? new StoreLogin(user, settings.Password?.Value ?? "") : null,
    };

    internal HttpClient Open()
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(10)
        };
        if (Trust is not null)
        {
            handler.SslOptions = Trust;
        }

        if (Socket is { } path)
        {
            handler.ConnectCallback = async (_, cancel) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            };
        }

        var client = new HttpClient(handler) { BaseAddress = Base, Timeout = Timeout.InfiniteTimeSpan };
        if (Login is { } login)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{login.User}:{login.Password}")));
        }

        return client;
    }
}

/// <summary>User and password of a ClickHouse server.</summary>
public sealed record StoreLogin(string User, string Password)
{
    /// <summary>Reads one line <c>user:password</c> from a file that only its owner may read.</summary>
    /// <exception cref="StoreException">The file is missing, open to others, or has no such line.</exception>
    public static StoreLogin Read(string path)
    {
        try
        {
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path)
                & (UnixFileMode.GroupRead | UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) != 0)
            {
                throw new StoreException(
                    0, $"'{path}' holds a password and may be read by others; run chmod 600 on it", retryable: false);
            }

            return File.ReadLines(path).FirstOrDefault()?.Trim().Split(':', 2) is [{ Length: > 0 } user, var password]
                ? new(user, password)
                : throw new StoreException(0, $"{path}:1: write user:password", retryable: false);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(
                0, $"the store's login file '{path}' cannot be read: {fault.Message}", retryable: false, fault);
        }
    }

    public override string ToString() => User;
}

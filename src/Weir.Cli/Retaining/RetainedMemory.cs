// SPDX-License-Identifier: Apache-2.0
//
// What is held in the memory of the running collector, and in its ring that only it can read. Nobody else can look
// there, so it is asked over the API's socket; when it does not run, nothing of it is held.
using System.Globalization;
using System.Net.Sockets;
using Weir.Cli.Api;
using Weir.Desk.Api.Retention;
using Weir.Desk.Policy;

namespace Weir.Cli.Retaining;

/// <summary>Asks once for both rows.</summary>
internal sealed class RetentionInventoryClient(string socket)
{
    private Task<RetentionInventory?>? _asked;

    public string Socket { get; } = Path.GetFullPath(socket);

    /// <summary>Null where no collector runs.</summary>
    /// <exception cref="IOException">One runs and does not tell.</exception>
    public Task<RetentionInventory?> QueryAsync(CancellationToken cancel) => _asked ??= QueryOnceAsync(cancel);

    private async Task<RetentionInventory?> QueryOnceAsync(CancellationToken cancel)
    {
        if (!await IsServedAsync(cancel))
        {
            return null;
        }

        using var client = new ApiClient(Socket);
        try
        {
            return await client.GetAsync("retention/inventory", RetentionJson.Default.RetentionInventory, cancel);
        }
        catch (OperatorException refused)
        {
            throw new IOException(refused.Message, refused);
        }
    }

    private async Task<bool> IsServedAsync(CancellationToken cancel)
    {
        if (!File.Exists(Socket))
        {
            return false;
        }

        try
        {
            using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await probe.ConnectAsync(new UnixDomainSocketEndPoint(Socket), cancel);
            return true;
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return false; // left over from one that was killed
        }
        catch (SocketException refused)
        {
            throw new IOException($"weir serve cannot be asked at {Socket}: {refused.Message}", refused);
        }
    }
}

/// <summary>The ring buffer of raw flows.</summary>
internal sealed class RingRetention(RetentionInventoryClient serve, PolicyProfile policy) : IRetentionSource
{
    /// <summary>A block is forgotten when its newest flow is due.</summary>
    private static readonly TimeSpan Block = TimeSpan.FromMinutes(1);

    public string Kind => "ring";

    public async Task<RetentionEntry> InspectAsync(DateTimeOffset now, CancellationToken cancel)
    {
        var limit = string.Create(CultureInfo.InvariantCulture, $"{policy.RingMinutes} min");
        return await serve.QueryAsync(cancel) is { } held
            ? RetentionEntry.Create(
                Kind, held.RingOldest, held.RingOldest is null ? null : held.At, held.RingFlows, held.RingOctets, limit,
                held.At - TimeSpan.FromMinutes(policy.RingMinutes) - Block, $"weir serve at {serve.Socket}")
            : RetentionEntry.Create(Kind, null, null, 0, 0, limit, null, "not running");
    }
}

/// <summary>The counters of the rules, in memory alone.</summary>
internal sealed class CounterRetention(RetentionInventoryClient serve, PolicyProfile policy) : IRetentionSource
{
    public string Kind => "counters";

    public async Task<RetentionEntry> InspectAsync(DateTimeOffset now, CancellationToken cancel)
    {
        var limit = string.Create(CultureInfo.InvariantCulture, $"{policy.CounterHours} h");
        return await serve.QueryAsync(cancel) is { } held
            ? RetentionEntry.Create(
                Kind, held.CountedSubjects > 0 ? held.CountersOldest : null, held.CountedSubjects > 0 ? held.At : null,
                held.CountedSubjects, 0, limit,
                held.At - TimeSpan.FromHours(policy.CounterHours) - StoreTableRetention.Grace,
                $"memory of weir serve at {serve.Socket}; a subject idle for so long is forgotten")
            : RetentionEntry.Create(Kind, null, null, 0, 0, limit, null, "not running");
    }
}

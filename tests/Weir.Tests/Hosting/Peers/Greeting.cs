// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Contracts.Signing;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Serving;

namespace Weir.Tests.Hosting.Peers;

internal sealed record Ask(
    string Name, int Times, Envelope? Signed = null, IReadOnlyList<Ask>? Many = null,
    IReadOnlyDictionary<string, string>? By = null, long AtMs = 0, uint Epoch = 0, DateTimeOffset? At = null);

internal sealed record Answer(string Text);

internal sealed record Taken(long Octets, string Hash);

internal sealed record Picky
{
    [JsonConstructor]
    public Picky(string word) => Word = word.Length < 4 ? word : throw new FormatException("too long a word");

    public string Word { get; }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Ask))]
[JsonSerializable(typeof(Answer))]
[JsonSerializable(typeof(Taken))]
[JsonSerializable(typeof(Picky))]
internal sealed partial class GreetingContext : JsonSerializerContext;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict)]
[JsonSerializable(typeof(Envelope[]))]
internal sealed partial class EventsContext : JsonSerializerContext;

[JsonSerializable(typeof(Ask))]
internal sealed partial class LenientContext : JsonSerializerContext;

/// <summary>A process that greets: one route of each form and one for each way to fail.</summary>
internal sealed class Greeting
{
    private static readonly PeerRoles Both = PeerRoles.Collector | PeerRoles.Desk;

    private int _greeted;

    public int Greeted => Volatile.Read(ref _greeted);

    /// <summary>Done once a waiting request is there.</summary>
    public TaskCompletionSource Waiting { get; private set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done once a waiting request was given up.</summary>
    public TaskCompletionSource GivenUp { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PeerRoutes Routes(int schema = PeerSchema.Current)
    {
        var json = GreetingContext.Default;
        return new PeerRoutes { Schema = schema }
            .Post("greet", Both, json.Ask, json.Answer, GreetAsync, maxOctets: 4_096)
            .Post("picky", Both, json.Picky, json.Answer, (_, picky, _) => Task.FromResult(new Answer(picky.Word)))
            .Post("refuse", Both, json.Ask, json.Answer, (_, _, _) =>
                throw new PeerRefusalException("case-closed", "the case is closed; open another", 410))
            .Post("fail", Both, json.Ask, json.Answer, (_, _, _) =>
                throw new InvalidOperationException("a fault of ours"))
            .Post("desk/only", PeerRoles.Desk, json.Ask, json.Answer, GreetAsync)
            .PostRaw("segment", Both, json.Taken, TakeAsync, maxOctets: 8 << 20)
            .Get("nulls", Both, json.Ask, (_, _) => Task.FromResult<Ask?>(new("a", 1, Many: [null!])))
            .Get("news", Both, json.Answer, NewsAsync)
            .GetRaw("rows", Both, (call, _) => Task.FromResult<Stream>(
                new MemoryStream(new byte[call.Number("count") ?? 10])));
    }

    private Task<Answer> GreetAsync(PeerCall call, Ask ask, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        Interlocked.Increment(ref _greeted);
        return Task.FromResult(new Answer(
            $"{call.Peer.Name}: {string.Join(' ', Enumerable.Repeat(ask.Name, ask.Times))}{ask.Signed}"));
    }

    private static async Task<Taken> TakeAsync(PeerCall call, Stream body, CancellationToken cancel)
    {
        using var hash = System.Security.Cryptography.SHA256.Create();
        var buffer = new byte[64 << 10];
        long octets = 0;
        int read;
        while ((read = await body.ReadAsync(buffer, cancel)) > 0)
        {
            octets += read;
            hash.TransformBlock(buffer, 0, read, null, 0);
        }

        hash.TransformFinalBlock([], 0, 0);
        return new(octets, Convert.ToHexStringLower(hash.Hash!));
    }

    private async Task<Answer?> NewsAsync(PeerCall call, CancellationToken cancel)
    {
        if (call.Number("after") is { } after)
        {
            return after > 100 ? null : new Answer($"after {after}");
        }

        try
        {
            Waiting.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancel);
            return null;
        }
        catch (OperationCanceledException)
        {
            GivenUp.TrySetResult();
            throw;
        }
    }
}

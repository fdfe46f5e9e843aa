// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Weir.Contracts.Signing;
using Weir.Hosting.Files;
using Weir.Hosting.Outboxes;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Peers.Memory;
using Weir.Hosting.Peers.Serving;
using Weir.Tests.Contracts.Signing;
using Weir.Tests.Hosting.Peers;

namespace Weir.Tests.Hosting;

/// <summary>The whole way of a signed event: outbox, peer, verification, once.</summary>
public sealed class OutboxOverPeersTests : IDisposable
{
    private static readonly PublicKeyRing Ring = new(
        [new("event", 1, ["collector"])], [(new("collector", "edge-1"), EnvelopeTests.KeyOf(1).Public)]);

    private readonly Counted _counted = new();
    private readonly FakeTimeProvider _clock = new();

    public void Dispose() => _counted.Dispose();

    [Fact]
    public async Task Through_losses_repeats_and_restarts_of_both_sides_each_event_is_handled_once_and_in_order()
    {
        for (var seed = 0; seed < 30; seed++)
        {
            await PlayAsync(new Random(seed));
        }
    }

    private async Task PlayAsync(Random random)
    {
        var handled = new List<string>();
        var (sending, receiving) = (new MemoryFolder(), new MemoryFolder());
        using var peers = new MemoryPeers(_clock, _counted.Meters, NullLoggerFactory.Instance);
        peers.Fate = _ => random.Next(6) switch
        {
            0 => MemoryFate.LoseRequest,
            1 => MemoryFate.LoseReply,
            2 => MemoryFate.Duplicate,
            _ => MemoryFate.Deliver,
        };
        using var client = peers.Client(new Peer("edge-1", PeerRoles.Collector), "desk");
        var next = 0;
        for (var life = 0; life < 5; life++)
        {
            using var seen = SeenIds.Open(receiving, new(), _clock);
            peers.Start("desk", Routes(seen, handled));
            await using (var outbox = Open(sending))
            {
                for (var step = 0; step < 30; step++)
                {
                    if (random.Next(2) == 0)
                    {
                        Append(outbox, next++);
                    }
                    else
                    {
                        await Pump(outbox, sending, client).StepAsync(default);
                    }
                }
            }

            peers.Stop("desk");
            (sending, receiving) = (sending.AfterKill(), receiving.AfterKill());
        }

        peers.Fate = _ => MemoryFate.Deliver;
        using var last = SeenIds.Open(receiving, new(), _clock);
        peers.Start("desk", Routes(last, handled));
        await using var rest = Open(sending);
        while (await Pump(rest, sending, client).StepAsync(default))
        {
        }

        Assert.Equal(Enumerable.Range(0, next).Select(i => $"event {i}"), handled);
    }

    private static PeerRoutes Routes(SeenIds seen, List<string> handled) => new PeerRoutes().Post(
        "events", PeerRoles.Collector, EventsContext.Default.EnvelopeArray, GreetingContext.Default.Answer,
        async (call, events, _) =>
        {
            foreach (var one in events)
            {
                if (Ring.Verify(one, "event") is not { IsBelieved: true } known)
                {
                    throw new PeerRefusalException(
                        EnvelopeFaults.Word(Ring.Verify(one, "event").Fault), "the event is not believed", 422);
                }

                Assert.Equal(call.Peer.Name, known.Signer.Name);
                await seen.OnceAsync(Convert.ToHexString(one.Signature), () =>
                {
                    handled.Add(Encoding.UTF8.GetString(one.Payload.Span));
                    return Task.CompletedTask;
                });
            }

            return new Answer("taken");
        });

    private static void Append(Outbox outbox, int number)
    {
        var signed = EnvelopeTests.KeyOf(1).Sign("event", 1, Encoding.UTF8.GetBytes($"event {number}"));
        outbox.TryAppend($"event-{number}", EnvelopeJson.Format(signed));
    }

    private static OutboxPump Pump(Outbox outbox, MemoryFolder folder, PeerClient client) => new(
        outbox, folder,
        async (batch, cancel) =>
        {
            var events = batch.Select(Read).ToArray();
            await client.PostAsync(
                "events", events, EventsContext.Default.EnvelopeArray, GreetingContext.Default.Answer, cancel: cancel);
            return new Delivered(batch.Count);
        },
        TimeProvider.System, NullLogger.Instance);

    private static Envelope Read(OutboxItem item)
    {
        Assert.Equal(EnvelopeFault.None, EnvelopeJson.TryParse(item.Octets.Span, out var envelope));
        return envelope!;
    }

    private Outbox Open(MemoryFolder folder) => Outbox.Open(
        folder, new() { Name = "events", BatchItems = 4, CommitsInline = true }, _clock, NullLogger.Instance);
}

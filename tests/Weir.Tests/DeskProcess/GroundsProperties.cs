// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Networks;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;
using Weir.Desk.Cases.Records;
using Weir.Desk.Complaints;
using Weir.Desk.Policy;
using Weir.Tests.Cases;
using static Weir.Tests.Cases.CaseHandlerFixture;
using Weir.Tests.Support;

namespace Weir.Tests.DeskProcess;

/// <summary>Every order the desk ever gives follows from its own grounds: slides, hops, renewals at the cap, checks,
/// complaints, consents, look-backs and names of other epochs, over weeks and restarts.</summary>
public sealed class GroundsProperties
{
    private readonly HashSet<string> _met = [];
    private int _orders;

    [Fact]
    public void Every_order_follows_from_its_grounds()
    {
        Prop.ForAll<int>(seed => PlayAsync(new Random(seed)).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(16).WithReplay(1, 3));

        Assert.True(_orders > 5_000, $"{_orders} orders are too few to prove anything");
        string[] wanted =
        [
            "check", "complaint", "consent", "digests", "eight ports", "hop", "pruned", "reissued", "renewed", "slid",
            "victim alone",
        ];
        Assert.Equal(wanted, _met.Order(StringComparer.Ordinal));
    }

    private async Task<bool> PlayAsync(Random random)
    {
        await using var place = await OpenAsync();
        place.Vault.Rename = (known, epoch) => Line.Name((uint)(ulong)known.Pseudonym, epoch);
        var play = new Line(place, random);
        for (var step = 0; step < 60; step++)
        {
            await play.StepAsync();
            foreach (var scope in place.Scopes.Where(s => s.State != ScopeState.Erased).ToList())
            {
                var order = place.Desk.FindOrder(scope.Scope.Id)!;
                var verdict = ScopeGrounds.Verify(order, place.Keys.Ring, ScopeLimits.Default);
                if (!verdict.Follows)
                {
                    throw new InvalidOperationException(
                        $"{verdict.Code} of {scope.Scope.Trigger} {order.Class} after {play.Last}");
                }

                _orders++;
                Note(place, scope, order);
            }

            // What collectors are told is what is in force.
            var told = place.Desk.Orders.InForce.ToDictionary(order => order.Id);
            foreach (var scope in place.Scopes.Where(s => s.State is ScopeState.Open or ScopeState.Sealed))
            {
                var order = place.Desk.FindOrder(scope.Scope.Id)!;
                Assert.True(told.Remove(order.Id, out var same));
                Assert.Equal(
                    (order.Subject, order.Epoch, order.UntilMs, order.ExpiresMs),
                    (same!.Subject, same.Epoch, same.UntilMs, same.ExpiresMs));
                Assert.Equal(order.Grounds, same.Grounds);
            }

            Assert.Empty(told);
        }

        return true;
    }

    private void Note(CaseHandlerFixture place, CaseScope scope, ScopeOrder order)
    {
        var ports = order.Class.RemotePorts.Length;
        var events = scope.Envelopes.Count(envelope => envelope.Type == EventDocument.Type);
        Note(scope.Scope.Purpose == Purpose.RemediationCheck, "check");
        Note(scope.Scope.Purpose == Purpose.ComplaintHandling, "complaint");
        Note(scope.Scope.Purpose == Purpose.CustomerDiagnosis, "consent");
        Note(scope.Origin == EventOrigin.Digests, "digests");
        Note(ports == 8, "eight ports");
        Note(ports > 3, "hop");
        Note(ports == 0 && scope.Scope.Purpose == Purpose.DdosSource, "victim alone");
        Note(order.Grounds.Count > scope.Envelopes.Length, "reissued");
        Note(scope.Renews is not null, "renewed");
        Note(events > 1 && ports is 1, "slid");
        Note(events > 2 && scope.LastMs - scope.Scope.FromMs > 86_400_000, "pruned");
        Assert.InRange(order.Grounds.Count, 1, 20);
        Assert.NotNull(place.Desk.Find(order.Case));
    }

    private void Note(bool isMet, string what)
    {
        if (isMet)
        {
            _met.Add(what);
        }
    }

    /// <summary>What may happen to lines, at random.</summary>
    private sealed class Line(CaseHandlerFixture place, Random random)
    {
        private readonly List<QualityEvent> _open = [];
        private ulong _number;

        public string Last { get; private set; } = "";

        /// <summary>A line's name in an epoch.</summary>
        public static SubjectKey Name(uint line, uint epoch) => new(((UInt128)epoch << 64) | line);

        private long Now => place.Clock.GetUtcNow().ToUnixTimeMilliseconds();

        public async Task StepAsync()
        {
            var act = random.Next(21);
            Last = $"act {act}";
            await (act switch
            {
                < 7 => FloodAsync(),
                < 11 => GrowAsync(),
                11 => OtherAsync(),
                < 15 => PassAsync(TimeSpan.FromMinutes(random.Next(1, 600))),
                15 => PassAsync(TimeSpan.FromHours(random.Next(20, 140))),
                16 => ComplainAsync(),
                17 => FixAsync(),
                18 => ConsentAsync(),
                19 => CrossAsync(),
                _ => random.Next(2) == 0 ? place.RestartAsync() : ReviewAsync(),
            });
        }

        private async Task FloodAsync()
        {
            for (var hops = random.Next(1, 5); hops > 0; hops--)
            {
                var from = Now - random.Next(0, 300_000);
                ushort[] ports = [.. Enumerable.Range(0, random.Next(4) == 0 ? 3 : 1)
                    .Select(_ => (ushort)(7_000 + random.Next(14)))];
                await RaiseAsync(Event(
                    ++_number, 0, RuleId.FloodOut,
                    Class(Direction.Out, Udp, ports, random.Next(3) == 0 ? "203.0.113.10" : "203.0.113.9"), from,
                    Math.Min(Now, from + random.Next(0, 120_000))) with { Subject = AnyoneAt(from) });
            }
        }

        private async Task GrowAsync()
        {
            if (_open.Count == 0)
            {
                return;
            }

            var at = random.Next(Math.Max(0, _open.Count - 6), _open.Count);
            var grown = _open[at] with
            {
                Phase = random.Next(4) == 0 ? EventPhase.Closed : EventPhase.Grown,
                UntilMs = Math.Max(_open[at].UntilMs, Now - random.Next(0, 60_000)),
            };
            _open[at] = grown;
            await RaiseAsync(grown, isNew: false);
        }

        private Task OtherAsync()
        {
            var (from, until) = (Now - 120_000, Now - 1_000);
            var quality = (random.Next(4) switch
            {
                0 => Event(++_number, 0, RuleId.Spam, Class(Direction.Out, Tcp, [25]), from, until),
                1 => Event(++_number, 0, RuleId.FloodIn, Class(Direction.In, Udp, [123]), from, until),
                2 => Event(
                    ++_number, 0, RuleId.CncContact, Class(Direction.Both, Tcp, [443], "192.0.2.80"), from, until),
                _ => Event(
                    ++_number, 0, RuleId.CncContact, Class(Direction.Both, Tcp, [8443], "192.0.2.81"),
                    from - (24 * 3_600_000L), until - (20 * 3_600_000L)) with { Origin = EventOrigin.Digests },
            });
            return RaiseAsync(quality with { Subject = AnyoneAt(quality.FromMs) });
        }

        /// <summary>An event lasts over the end of an epoch.</summary>
        private async Task CrossAsync()
        {
            var end = Epochs.BeginOf(Epochs.At(Now) + 1);
            await PassAsync(end.AddMinutes(-5) - place.Clock.GetUtcNow());
            await FloodAsync();
            await GrowAsync();
            await place.Desk.RunOnceAsync(default);
            await PassAsync(TimeSpan.FromMinutes(8));
            await GrowAsync();
        }

        private async Task PassAsync(TimeSpan time)
        {
            place.Clock.Advance(time);
            await place.Desk.RunOnceAsync(default);
        }

        private async Task ComplainAsync()
        {
            var complaint = new Complaint
            {
                Standard = ComplaintStandard.Xarf4, Source = Address("198.51.100.1"), Kind = "connection/ddos",
                At = place.Clock.GetUtcNow().AddMinutes(-random.Next(0, 6_000)), About = Purpose.DdosSource,
                Reference = $"{++_number}",
            };
            _ = await ComplaintHandler.OpenAsync(
                place.Desk,
                new ComplaintTrigger(
                    complaint, "peer", ReporterAuthentication.TrustedChannel,
                    AnyoneAt(complaint.At.ToUnixTimeMilliseconds()),
                    Class(Direction.Out, Udp, [7703], "203.0.113.9")),
                default);
        }

        private async Task FixAsync()
        {
            if (place.Desk.Files.Where(f => f.TakesEvents).OrderBy(f => f.OpenedAt).ThenBy(f => f.Id.Number)
                .Skip(random.Next(3)).FirstOrDefault() is not { } file)
            {
                return;
            }

            _ = random.Next(3) switch
            {
                0 => await place.Desk.CloseAsync(Ana, file.Id, CaseClosureReason.Fixed, "cleaned up", default),
                1 => await place.Desk.FixedAsync(CustomerActs.Fixed(file.Id), TimeSpan.FromHours(30), default),
                _ => await place.Desk.RecheckAsync(Ana, file.Id, default),
            };
        }

        private async Task ConsentAsync()
        {
            place.Consents.Subject = AnyoneAt(Now);
            var taken = await place.Desk.TakeConsentAsync(
                Ana, place.Consents.Sign(FakeConsentGateway.Create(Now)), default);
            Assert.Null(taken.Refused);
        }

        private async Task ReviewAsync()
        {
            if (place.Scopes.FirstOrDefault(s => s.State == ScopeState.Sealed) is { } waits)
            {
                _ = await place.Desk.ReviewScopeAsync(Petra, waits.Scope.Id, default);
            }
        }

        /// <summary>One of a few lines, by its name of that time.</summary>
        private SubjectKey AnyoneAt(long ms) => Name((uint)random.Next(1, 4), Epochs.At(ms));

        private async Task RaiseAsync(QualityEvent quality, bool isNew = true)
        {
            if (isNew)
            {
                _open.Add(quality);
            }

            var receipt = await place.Desk.HandleAsync(
                [EventDocument.Sign(
                    quality, quality.Origin == EventOrigin.Digests ? place.Keys.Store : place.Keys.Collector)],
                default);
            Assert.Empty(receipt.Refused);
        }
    }
}

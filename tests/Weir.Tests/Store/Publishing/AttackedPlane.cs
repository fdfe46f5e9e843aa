// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Weir.Contracts.Flows;
using Weir.Contracts.Noise;
using Weir.Contracts.Population;
using Weir.Contracts.Protocol;
using Weir.Contracts.Reports;
using Weir.Store.Population;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.Tests.Store.Publishing;

/// <summary>The real planes over counts that an attacker chose but for one contact: what they publish, as one text.
/// </summary>
internal sealed class AttackedPlane : IDisposable
{
    public static readonly Endpoint Server = new(IpKey.FromV4(0xC633_6407), 443, Protocols.Tcp);

    private static readonly DateTimeOffset Today = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset FirstDay = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly string _folder =
        Directory.CreateDirectory(Path.Combine(Root, $"weir-attack-{Guid.NewGuid():n}")).FullName;

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch);

    public AttackedPlane()
    {
        _ = Directory.CreateDirectory(Path.Combine(_folder, "figures"));
        _time.Advance(Today - DateTimeOffset.UnixEpoch);
    }

    private static string Root => Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>The fixed report of one endpoint by all that can be asked: whole, by group, again after a restart under
    /// the loosest rules, and with the networks in other groups.</summary>
    /// <param name="world">Number: its keys.</param>
    /// <param name="north">Subjects of the north that met the endpoint.</param>
    /// <param name="south">Of the south.</param>
    /// <param name="rules">In force.</param>
    /// <param name="isNoisy">False to attack what a plane without noise would publish.</param>
    public async Task<string> AskAsync(int world, long north, long south, PopulationKAnonymity rules, bool isNoisy = true)
    {
        File.Delete(Path.Combine(_folder, "figures", "endpoint-figures.json"));
        var answers = new InMemoryAnswers();
        var told = new StringBuilder();
        foreach (var (groups, counts, under) in ((string[], long[], PopulationKAnonymity)[])[
            (["north", "south"], [north, south], rules),
            (["north", "south"], [north, south], new PopulationKAnonymity(k: 5, minimumBase: 50, rounding: 1)),
            (["all"], [north + south], rules),
        ])
        {
            using var reports = new PopulationReports(
                new Counted(groups, counts), answers, under,
                NoNoise.Publishing(_folder, TimeSpan.FromMinutes(30), day => isNoisy ? KeyOf(world, day) : new NoNoise()), _time);
            foreach (var group in (string?[])[null, "north", "south"])
            {
                var outcome = await reports.QueryAsync("endpoint-contacts", group, null, Server, default);
                _ = told.Append(outcome.Refusal).Append(outcome.View?.Lines.Single().Value.Text(rules.K)).Append(' ');
            }
        }

        return told.ToString();
    }

    /// <summary>One count under one draw or more, nothing else.</summary>
    public static string Drawn(int world, long count, int cells)
    {
        using var noise = KeyOf(world, 20_000);
        return string.Join(' ', Enumerable.Range(0, cells).Select(cell => count + noise.Draw($"cell {cell}")));
    }

    /// <summary>A comparison's figures, whole, as they leave.</summary>
    public static string Compared(int world, ComparedFigures exact, bool isNoisy = true)
    {
        using IFigureNoise noise = isNoisy ? KeyOf(world, 20_000) : new NoNoise();
        return JsonSerializer.Serialize(
            new ComparisonAnonymizer(ReportKAnonymity.Default, new(noise)).Shape(exact),
            StoreJson.Default.ComparedFigures);
    }

    /// <summary>What the publisher tells of a compared day.</summary>
    public string Publish(int world, AttackedComparison compared, bool present)
    {
        using var noise = KeyOf(world, 20_000);
        return compared.Publish(_folder, present, noise);
    }

    /// <summary>One endpoint asked about on some days, of which the plane answers as many as it does.</summary>
    /// <param name="world">Number: its keys.</param>
    /// <param name="days">Days after the first of January, in their order.</param>
    /// <param name="met">Subjects that met it on a day.</param>
    /// <returns>What it told of each day; empty where it refused.</returns>
    public async Task<IReadOnlyList<string>> AskDailyAsync(int world, IEnumerable<int> days, Func<int, long> met)
    {
        File.Delete(Path.Combine(_folder, "figures", "endpoint-figures.json"));
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        var counted = new Counted(["all"], [0]);
        using var reports = new PopulationReports(
            counted, new InMemoryAnswers(), PopulationKAnonymity.Default,
            NoNoise.Publishing(_folder, TimeSpan.FromMinutes(30), day => KeyOf(world, day)), clock);
        List<string> told = [];
        foreach (var day in days)
        {
            clock.Advance(FirstDay.AddDays(day + 1).AddHours(1) - clock.GetUtcNow());
            counted.Subjects[0] = met(day);
            var outcome = await reports.QueryAsync("endpoint-contacts", null, null, Server, default);
            told.Add(outcome.View?.Lines.Single().Value.Text(10) ?? "");
        }

        return told;
    }

    /// <summary>What any two reports would tell of an endpoint on some days, a figure a day.</summary>
    public static IReadOnlyList<double> Figures(int world, IEnumerable<int> days, Func<int, long> met) => [.. days.Select(day =>
    {
        using var noise = KeyOf(world, (uint)day);
        return PopulationKAnonymity.Default.Round(noise.Blur(Server.ToString(), met(day)));
    })];

    /// <summary>As the vault would give it: one key a world and day, always the same.</summary>
    private static NoiseKey KeyOf(int world, uint day)
    {
        Span<byte> seed = stackalloc byte[8];
        BinaryPrimitives.WriteInt32BigEndian(seed, world);
        BinaryPrimitives.WriteUInt32BigEndian(seed[4..], day);
        return new(SHA256.HashData(seed));
    }

    private sealed class Counted(string[] groups, long[] subjects) : IPopulationCounts
    {
        public long[] Subjects => subjects;

        public Task<ExactTable> CountAsync(PopulationQuery question, CancellationToken cancel) => Task.FromResult(
            new ExactTable(groups, [.. groups.Select(_ => 2_000L)], [new(question.Endpoint.ToString()!, [.. subjects])]));
    }

    private sealed class InMemoryAnswers : IPopulationAnswers
    {
        private readonly Dictionary<string, PopulationAnswer> _kept = new(StringComparer.Ordinal);

        public Task<PopulationAnswer?> FindAsync(PopulationQuery question, CancellationToken cancel) =>
            Task.FromResult(_kept.GetValueOrDefault(question.ToString()));

        private readonly Dictionary<string, NoisyBase> _bases = new(StringComparer.Ordinal);

        public Task<NoisyBase?> FindBaseAsync(PopulationWindow window, CancellationToken cancel) =>
            Task.FromResult(_bases.GetValueOrDefault(window.ToString()));

        public Task SaveBaseAsync(NoisyBase drawn, CancellationToken cancel)
        {
            _bases[drawn.Window] = drawn;
            return Task.CompletedTask;
        }

        public Task SaveAsync(PopulationAnswer answer, CancellationToken cancel)
        {
            _kept[answer.Question] = answer;
            return Task.CompletedTask;
        }
    }
}

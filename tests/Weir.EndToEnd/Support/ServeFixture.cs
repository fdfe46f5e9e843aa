// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using Weir.Desk.Reporting;

namespace Weir.EndToEnd.Support;

/// <summary>A folder with a simulated provider and a configuration of <c>weir serve</c> for it, on
/// ports of its own.</summary>
internal sealed class ServeFixture
{
    /// <summary>How long its exporters may send: at a test's pace, which may stop them, as long as a part of a proof.
    /// </summary>
    private static readonly TimeSpan Sending = TimeSpan.FromMinutes(20);

    private readonly TempFolder _folder;
    private readonly string[] _provider;
    private (string User, string Role)[] _people = [];

    private ServeFixture(
        TempFolder folder, int subscribers, string[]? provider = null, DateTimeOffset? from = null)
    {
        _folder = folder;
        if (provider is not null)
        {
            _provider = provider;
            return;
        }

        var start = (from ?? TimeProvider.System.GetUtcNow().AddHours(-3)).ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        _provider =
        [
            "--subscribers", subscribers.ToString(CultureInfo.InvariantCulture), "--bots", "40", "--nets", "2",
            "--seed", "7", "--seconds", from is null ? "7200" : "1800", "--start", start, "--list-entries", "200",
        ];
    }

    public int Flows { get; } = FreePort.Udp();

    public int Web { get; } = FreePort.Tcp();

    /// <summary>Datagrams a second.</summary>
    public string Pace { get; set; } = "3000";

    /// <summary>By how much what is sent begins later, in whole seconds: the same again is other traffic then, not the
    /// same events told twice.</summary>
    public TimeSpan Later { get; set; }

    /// <summary>The process that sends, or sent last.</summary>
    public int Sender { get; private set; }

    /// <summary>What is governed; null in the lab, which has none.</summary>
    public Governed? Governed { get; private set; }

    public string Control => _folder.At("control.sock");

    public string Audit => _folder.At("audit");

    public string Configuration => _folder.At("weir.yaml");

    public string Report => _folder.At("report/report.json");

    public string Store => _folder.At("flows");

    public string Keys => _folder.At("vault/keys");

    /// <summary>Writes the provider's networks and list, and the configuration.</summary>
    public static async Task<ServeFixture> MakeAsync(
        TempFolder folder, string profile = "lab", int subscribers = 1_000, string flush = "1s", string? vault = null,
        DateTimeOffset? from = null, params (string User, string Role)[] people)
    {
        var place = new ServeFixture(folder, subscribers, from: from);
        place.Govern(profile, people);
        await place.ConfigureAsync(profile, flush, vault is null
            ? $"vault:\n  dir: {folder.At("vault")}\n"
            : $"vault:\n  socket: {vault}\n  dir: {folder.At("vault")}\n  allow-root: true\n");
        return place;
    }

    /// <summary>The mail's two lines among a thousand, an hour that ends now; what was configured is what the
    /// simulated routers do.</summary>
    /// <param name="folder">Where all lies.</param>
    /// <param name="more">Further sections of the configuration.</param>
    public static async Task<ServeFixture> MakeMailAsync(TempFolder folder, string more)
    {
        var start = TimeProvider.System.GetUtcNow()
            .AddSeconds(-3_600).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        var place = new ServeFixture(folder, 0,
        [
            "--scenario", "mail", "--subscribers", "1000", "--seconds", "3600", "--bots", "20", "--nets", "2",
            "--list-entries", "20", "--protocol", "ipfix", "--seed", "11", "--start", start,
        ]);
        await place.ConfigureAsync("lab", "1s", more, "1m");
        return place;
    }

    /// <summary>Networks and list as the test has them.</summary>
    /// <param name="folder">Where all lies.</param>
    /// <param name="networks">The provider's prefixes.</param>
    /// <param name="list">Lines of the watchlist.</param>
    /// <param name="more">Further sections of the configuration.</param>
    /// <param name="profile">The policy profile.</param>
    /// <param name="people">Users with their roles; in the lab as its section of access.</param>
    public static ServeFixture MakeOwn(
        TempFolder folder, string[] networks, string[] list, string more, string profile,
        params (string User, string Role)[] people)
    {
        var place = new ServeFixture(folder, 0, []);
        place.Govern(profile, people);
        _ = Directory.CreateDirectory(folder.At("provider"));
        _ = folder.File("provider/watchlist.txt", string.Join('\n', list) + "\n");
        _ = folder.File("weir.yaml",
            $"{place.Yaml(profile, networks, "1s", "2s")}\nvault:\n  dir: {folder.At("vault")}\n{more}");
        return place;
    }

    /// <summary>Outside the lab people are governed.</summary>
    private void Govern(string profile, (string User, string Role)[] people)
    {
        _people = people;
        Governed = profile == "lab" ? null : Governed.Write(_folder, people);
    }

    private string PeopleSection() => Governed?.Section ?? (_people.Length == 0 ? "" : "access:\n" + string.Concat(
        _people.GroupBy(one => one.Role).Select(
            role => $"  {role.Key}s: [{string.Join(", ", role.Select(one => one.User))}]\n")));

    private async Task ConfigureAsync(string profile, string flush, string more, string activeTimeout = "2s")
    {
        var dry = await WeirProcess.RunAsync(["lab", "--out", _folder.At("provider"), .. _provider, "--flows", "1000"]);
        Assert.True(dry.ExitCode == 0, dry.Error);
        var networks = File.ReadLines(_folder.At("provider/networks.txt"))
            .Where(line => line.Length > 0 && line[0] != '#');
        _folder.File("weir.yaml", $"{Yaml(profile, networks, flush, activeTimeout)}\n{more}");
    }

    /// <summary>Sends the provider's exports from a process of their own, and reads what was sent
    /// from its truth.</summary>
    public Task<LabRun> SendAsync(string name, params string[] options) =>
        SimulateAsync(name, ["--to", $"127.0.0.1:{Flows}", "--pps", Pace, .. options]);

    /// <summary>What would be sent.</summary>
    public Task<LabRun> CountAsync(string name, params string[] options) => SimulateAsync(name, options);

    /// <summary>Options of the simulator with its start so much later.</summary>
    private IEnumerable<string> Shifted() => _provider.Select((word, i) => i > 0 && _provider[i - 1] == "--start"
        ? DateTimeOffset.Parse(word, CultureInfo.InvariantCulture).Add(Later)
            .UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)
        : word);

    private async Task<LabRun> SimulateAsync(string name, string[] options)
    {
        var folder = _folder.At(name);
        var sent = await WeirProcess.RunAsync(
            [], ["lab", "--out", folder, .. Shifted(), .. options], id => Sender = id, Sending);
        Assert.True(sent.ExitCode == 0, sent.Error);
        using var truth = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "truth.json")));
        var totals = truth.RootElement.GetProperty("totals");
        var bots = truth.RootElement
            .GetProperty("bots").EnumerateArray().Where(bot => bot.GetProperty("listedExchanges").GetInt32() > 0)
            .Select(bot => bot.GetProperty("subject").GetString()!);
        var clean = truth.RootElement.GetProperty("wrongEntries").EnumerateArray()
            .SelectMany(entry => entry.GetProperty("cleanSubjects").EnumerateArray())
            .Select(subject => subject.GetString()!);
        return new LabRun(totals.GetProperty("datagrams").GetInt64(), totals.GetProperty("flows").GetInt64(), [
            .. bots.Concat(clean).Distinct().Order(StringComparer.Ordinal)])
        {
            OptionsRecords = totals.GetProperty("optionsRecords").GetInt64(),
        };
    }

    /// <summary>The report of a comparison that began from now on: the next one may be under way already.</summary>
    public async Task<JsonElement> NextReportAsync(RunningWeir weir)
    {
        const string Runs = "weir_comparing_runs_total";
        var (before, failed) = (await weir.SumAsync(Runs), await weir.SumAsync(Runs, "failed"));
        await weir.UntilAsync("the next report", async () => await weir.SumAsync(Runs) >= before + 2);
        Assert.Equal(failed, await weir.SumAsync(Runs, "failed"));
        return JsonDocument.Parse(await File.ReadAllTextAsync(Report)).RootElement;
    }

    public static string[] Infected(JsonElement report) =>
        [.. report.GetProperty("infected")
            .EnumerateArray().Select(i => i.GetProperty("subject").GetString()!).Order(StringComparer.Ordinal)];

    private string Yaml(string profile, IEnumerable<string> networks, string flush, string activeTimeout) =>
        $"""
        profile: {profile}
        {PeopleSection()}
        processes:
          dir: {_folder.At("weir")}
        collecting:
          listen: ["127.0.0.1:{Flows}"]
        decoding:
          active-timeout: {activeTimeout}
          template-file: {_folder.At("templates")}
        attributing:
          networks:
        {string.Join('\n', networks.Select(n => $"    - prefix: \"{n}\""))}
        matching:
          lists:
            - name: test-c2
              path: {_folder.At("provider/watchlist.txt")}
        digesting:
          flush-interval: {flush}
        comparing:
          schedule: every 10s
        store:
          embedded: {Store}
          spool: {_folder.At("spool")}
        auditing:
          dir: {Audit}
        evidence:
          ring-dir: {_folder.At("ring")}
          ring-size: 64MiB
          flush-interval: 1s
        cases:
          dir: {_folder.At("cases")}
        control:
          socket: {Control}
        report:
          dir: {_folder.At("report")}
        web:
          listen: 127.0.0.1:{Web}
        """;
}

/// <summary>What the simulator sent, and whom its truth calls infected: whoever exchanged traffic with a listed
/// endpoint, rightly listed or not.</summary>
internal sealed record LabRun(long Datagrams, long Flows, string[] Infected)
{
    /// <summary>Records that count in a sequence and are no flows.</summary>
    public long OptionsRecords { get; init; }

    public long Records => Flows + OptionsRecords;
}

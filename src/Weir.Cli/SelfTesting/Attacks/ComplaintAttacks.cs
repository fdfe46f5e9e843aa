// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Weir.Cli.SelfTesting.Rules;
using Weir.Contracts.Policy;
using Weir.Desk.Complaints;

namespace Weir.Cli.SelfTesting.Attacks;

/// <summary>Complaints of nobody, of nothing, of a time that has not come.</summary>
internal static class ComplaintAttacks
{
    private const string Known = "reporter";
    private const string Outsider = "outsider";
    private const string Bank = "bank.example";
    private const int KeyOctets = 32;

    private static readonly byte[] Key = RandomNumberGenerator.GetBytes(KeyOctets);

    public static IEnumerable<AttackRow> Rows { get; } =
    [
        .. ((string[])
        [
            "mx.example; spf=pass smtp.mailfrom=\"a@bank.example\"@evil.example",
            "mx.example; spf=pass smtp.mailfrom=\"a; dkim=pass header.d=bank.example\"@evil.example",
            "mx.example; spf=fail smtp.mailfrom=a@bank.example",
            "evil.example; spf=pass smtp.mailfrom=a@bank.example",
        ]).Select(results => new AttackRow(12, Outsider, $"mails with \"{results}\"", play =>
        {
            var mail = Encoding.UTF8.GetBytes(
                $"Authentication-Results: {results}\r\nFrom: abuse@bank.example\r\nSubject: x\r\n\r\nx\r\n");
            var (name, _) = new ReporterAuthenticator([new Reporter("bank") { MailDomain = Bank }], "mx.example")
                .Identify(new ComplaintFile(mail) { ByMail = true });
            play.Came(name.Length == 0 ? "not-authenticated" : name, "not-authenticated", "the mail");
            return Task.CompletedTask;
        })),
        new(13, Outsider, "brings a complaint unsigned", play =>
            TryAsync(play, new(), "not-authenticated", signature: [])),
        new(13, Outsider, "signs with another key", play => TryAsync(
            play, new(), "not-authenticated", signature: new byte[KeyOctets])),
        new(13, Known, "names no port of a shared address", play => TryAsync(
            play, new() { Port = "" }, "unattributable")),
        new(13, Known, "writes a time without offset", play => TryAsync(
            play, new() { Form = "yyyy-MM-dd'T'HH:mm:ss" }, "no-trigger")),
        new(13, Known, "names tomorrow", play =>
            TryAsync(play, new() { Ahead = TimeSpan.FromDays(1) }, "unattributable")),
        new(13, Known, "names an address that is not ours", play => TryAsync(
            play, new() { Source = "192.0.2.1" }, "unattributable")),
        new(13, Known, "brings one complaint twice", async play =>
        {
            var intake = Intake(play);
            var file = File(play, new());
            var first = await intake.ReceiveAsync(file, play.Cancel);
            if (first.Outcomes is [{ Complaint: { } taken, Trigger: not null }])
            {
                intake.Opened(first, taken);
            }

            var again = await intake.ReceiveAsync(file, play.Cancel);
            play.Came(again.Outcomes is [{ IsRepeated: true }] ? "told-before" : "taken", "told-before", "the second");
        }),
        new(14, Known, "names two minutes from now, to watch", play => TryAsync(
            play, new() { Ahead = TimeSpan.FromMinutes(2) }, "unattributable")),
    ];

    private static ComplaintIntake Intake(ScenarioRunner play) => new(
        new ReporterAuthenticator([new Reporter("peer") { HmacKey = Key }]), play.Place.Vault, new RecentComplaints(),
        play.Place.Clock);

    /// <summary>No scope opens.</summary>
    private static async Task TryAsync(
        ScenarioRunner play, ComplaintDraft draft, string wanted, byte[]? signature = null)
    {
        var file = File(play, draft);
        var receipt = await Intake(play).ReceiveAsync(
            signature is null ? file : file with { Signature = signature }, play.Cancel);
        var came = receipt.Outcomes.Count == 0 ? "no-trigger"
            : receipt.Outcomes[0].Refusal is { } code ? DenyCodes.ToName(code) : "taken";
        play.Came(came, wanted, receipt.Outcomes.Count > 0 ? receipt.Outcomes[0].Why : "the complaint");
        play.Check(receipt.Outcomes.All(one => one.Trigger is null), "it would open a scope");
    }

    private static ComplaintFile File(ScenarioRunner play, ComplaintDraft draft)
    {
        var at = (play.Place.Clock.GetUtcNow() + draft.Ahead).ToString(draft.Form, CultureInfo.InvariantCulture);
        var octets = Encoding.UTF8.GetBytes($$"""
            {"xarf_version":"4.2.0","report_id":"attack-{{Guid.NewGuid()}}","timestamp":"{{at}}","reporter":{"org":"Peer","contact":"abuse@peer.example","domain":"peer.example"},
             "category":"connection","type":"ddos","source_identifier":"{{draft.Source}}"{{draft.Port}},"destination_ip":"203.0.113.9","destination_port":80,"protocol":"udp","first_seen":"{{at}}"}
            """);
        return new(octets) { Signature = HMACSHA256.HashData(Key, octets) };
    }

    /// <summary>What is said of a subscriber.</summary>
    private sealed record ComplaintDraft
    {
        public string Source { get; init; } = PortBlockFixture.Shared.ToString();

        public string Port { get; init; } = ",\"source_port\":51234";

        public TimeSpan Ahead { get; init; }

        public string Form { get; init; } = "yyyy-MM-dd'T'HH:mm:ss'Z'";
    }
}

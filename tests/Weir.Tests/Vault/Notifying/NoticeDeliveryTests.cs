// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Clients;
using Weir.Contracts.Events;
using Weir.Contracts.Notices;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;
using Weir.Hosting.Channels;
using Weir.Tests.Support;
using Weir.Tests.Vault.Support;
using Weir.Vault;
using Weir.Vault.Identity.Records;
using Weir.Vault.Notifying;
using Weir.Vault.Sealing;
using Weir.Vault.Texts;
using Weir.Wire;

namespace Weir.Tests.Vault.Notifying;

public sealed class NoticeDeliveryTests : IDisposable
{
    private const string Mail = "ann.example@example.net";

    private static readonly CaseId Ann = new(0xCA5E);
    private static readonly CaseId Nobody = new(0xBEEF);

    private readonly SmallVault _vault = new();
    private readonly string _contacts = Path.Combine(
        Directory.CreateTempSubdirectory("weir-delivery-").FullName, "contacts.csv");
    private readonly RecordingNoticeChannel _way = new();
    private readonly RecordingLogger _log = new();

    public NoticeDeliveryTests()
    {
        File.WriteAllText(_contacts, $"line,mail,language,protected,name\n10.0.0.7,{Mail},de,protected,Ann Example\n");
        File.SetUnixFileMode(_contacts, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _vault.Get<CaseSealStore>().Seal(Ann, new SealedSubject(IpKey.Parse("10.0.0.7"), "", SmallVault.Now, 0));
        _vault.Get<CaseSealStore>().Seal(Nobody, new SealedSubject(IpKey.Parse("10.0.0.8"), "", SmallVault.Now, 0));
    }

    public void Dispose()
    {
        _vault.Dispose();
        Directory.Delete(Path.GetDirectoryName(_contacts)!, recursive: true);
    }

    [Fact]
    public async Task A_notice_goes_once_for_each_step_whoever_asks_again_and_after_a_restart()
    {
        using (var delivery = Open())
        {
            var proof = await delivery.DeliverAsync(Notice(Ann), new("weir"), default);
            Assert.Equal((NoticeOutcome.Delivered, "mail", "250 2.0.0", "de"), (
                proof.Outcome, proof.Channel, proof.Reply, proof.Language));
            Assert.Equal(64, proof.Digest.Length);
            Assert.Equal(
                proof with { Outcome = NoticeOutcome.Before },
                await delivery.DeliverAsync(Notice(Ann), new("weir"), default));
        }

        using var again = Open();
        Assert.Equal(NoticeOutcome.Before, (await again.DeliverAsync(Notice(Ann), new("weir"), default)).Outcome);
        Assert.Equal(
            NoticeOutcome.Delivered,
            (await again.DeliverAsync(Notice(Ann, NoticeStep.Clean), new("weir"), default)).Outcome);
        Assert.Equal(2, _way.Sent.Count);
        Assert.Equal(2, _way.Sent.Select(sent => sent.Letter.Id).Distinct().Count());
        Assert.Equal(Mail, _way.Sent[0].Contact.Mail);
        Assert.Contains("Guten Tag Ann Example", _way.Sent[0].Letter.Plain, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_who_ask_at_once_have_it_sent_once()
    {
        using var delivery = Open();

        var proofs = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => Task.Run(() => delivery.DeliverAsync(Notice(Ann), new("weir"), default))));

        Assert.Single(_way.Sent);
        Assert.Single(proofs, proof => proof.Outcome == NoticeOutcome.Delivered);
        Assert.Equal(19, proofs.Count(proof => proof.Outcome == NoticeOutcome.Before));
    }

    [Fact]
    public async Task Nothing_of_the_customer_stands_in_the_proof_the_record_the_ledger_or_the_log()
    {
        using var delivery = Open();
        _way.Says = $"250 2.1.5 <{Mail}> queued for Ann Example as 4F2A";
        var told = await delivery.DeliverAsync(Notice(Ann), new("weir"), default);
        _way.Fails = new ChannelException(
            $"the station refused: 550 5.1.1 <{Mail.ToUpperInvariant()}>: unknown user ann.example", isForGood: true);
        var refused = await delivery.DeliverAsync(Notice(Ann, NoticeStep.Reminder), new("weir"), default);

        Assert.Equal((NoticeOutcome.Refused, "550 5.1.1"), (refused.Outcome, refused.Reply));
        Assert.Equal("250 2.1.5", told.Reply);
        var ledger = await File.ReadAllTextAsync(Path.Combine(_vault.Folder, "notified"));
        Assert.Contains("4F2A", ledger, StringComparison.Ordinal);
        Assert.Contains("550 5.1.1", _log.Text, StringComparison.Ordinal);
        var everything = $"{told}{refused}{string.Concat(_vault.Audit.Entries)}{ledger}{_log.Text}";
        Assert.All(new[] { "example.net", "ann.example", "Ann Example", "10.0.0.7" }, secret =>
            Assert.DoesNotContain(secret, everything, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(_vault.Files(), octets =>
            Encoding.Latin1.GetString(octets).Contains(Mail, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task The_record_comes_before_the_sending_and_without_it_nothing_is_sent()
    {
        using var delivery = Open();
        _way.Sending = () => Assert.Contains(_vault.Audit.Entries, e =>
            e is { Act: AuditActions.Notify, Outcome: AuditActions.Allow, Actor: "weir", Reason: "found by mail" }
            && e.Case == Ann.ToString());
        await delivery.DeliverAsync(Notice(Ann), new("weir"), default);

        _vault.Audit.Fails = true;
        await Assert.ThrowsAsync<AuditException>(
            () => delivery.DeliverAsync(Notice(Ann, NoticeStep.Clean), new("weir"), default));
        Assert.Single(_way.Sent);
    }

    [Fact]
    public async Task What_is_not_taken_may_go_later_and_goes_with_the_same_id()
    {
        using var delivery = Open();
        _way.Fails = new ChannelException(
            "mail: 127.0.0.1:587 does not take the mail: 451 4.3.0 try again", isForGood: false);
        var later = await delivery.DeliverAsync(Notice(Ann), new("weir"), default);
        _way.Fails = null;
        var told = await delivery.DeliverAsync(Notice(Ann), new("weir"), default);

        Assert.Equal((NoticeOutcome.Later, "451 4.3.0"), (later.Outcome, later.Reply));
        Assert.Equal(NoticeOutcome.Delivered, told.Outcome);
        Assert.Equal(2, _way.Asked.Count);
        Assert.Single(_way.Asked.Distinct());
    }

    [Fact]
    public async Task Nobody_known_nobody_sealed_nothing_configured_and_too_many_are_told_as_such()
    {
        using var delivery = Open(most: 1);
        Assert.Equal(NoticeOutcome.NoContact, (await delivery.DeliverAsync(Notice(Nobody), new("weir"), default)).Outcome);
        await Assert.ThrowsAsync<VaultRefusedException>(
            () => delivery.DeliverAsync(Notice(new CaseId(1)), new("weir"), default));
        Assert.Equal(NoticeOutcome.Delivered, (await delivery.DeliverAsync(Notice(Ann), new("weir"), default)).Outcome);
        Assert.Equal(
            NoticeOutcome.Later, (await delivery.DeliverAsync(Notice(Ann, NoticeStep.Clean), new("weir"), default)).Outcome);
        _vault.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(
            NoticeOutcome.Delivered,
            (await delivery.DeliverAsync(Notice(Ann, NoticeStep.Clean), new("weir"), default)).Outcome);

        using var none = new NoticeDelivery(
            new(_vault.Get<CaseSealStore>(), _vault.Get<NoticeLedger>(), TextCatalogue.Read(null), null), _vault.Audit, _vault.Clock,
            NullLogger<NoticeDelivery>.Instance);
        var refused = await none.DeliverAsync(Notice(Nobody), new("weir"), default);
        Assert.Equal((NoticeOutcome.Refused, NoticeDelivery.NotConfigured), (refused.Outcome, refused.Reply));
        Assert.Equal(2, _way.Sent.Count);
    }

    [Fact]
    public void A_protected_line_is_known_to_the_vault() =>
        Assert.True(Parts(60).Way!.Contacts.IsProtected(_vault.Get<CaseSealStore>().Open(Ann)!));

    private static CustomerNotice Notice(CaseId id, NoticeStep step = NoticeStep.Found) => new(
        id, new ScopeId(5), step,
        new CustomerFacts
        {
            Finding = RuleId.CncContact,
            Purpose = Purpose.CncContact,
            Class = SignedOrders.Class,
            First = DateTimeOffset.UnixEpoch,
            Last = DateTimeOffset.UnixEpoch
        },
        [], "");

    private NoticeDelivery Open(int most = 60) => new(Parts(most), _vault.Audit, _vault.Clock, _log);

    private NoticeDeliveryComponents Parts(int most)
    {
        var texts = TextCatalogue.Read(null);
        var book = CustomerContactFile.Open(
            _contacts, new SubscriberLineNamer(new byte[32]), texts.Languages, "en", _vault.Clock,
            NullLogger.Instance);
        _vault.Open();
        return new(
            _vault.Get<CaseSealStore>(), _vault.Get<NoticeLedger>(), texts,
            new(
                book,
                new NoticeDeliveryOptions
                {
                    Provider = "P", Phone = "1", Page = new("https://example.org"), MaxPerMinute = most,
                },
                _way));
    }

    private sealed class RecordingNoticeChannel : INoticeChannel
    {
        public List<(CustomerContact Contact, RenderedNotice Letter)> Sent { get; } = [];

        public List<string> Asked { get; } = [];

        public string Says { get; set; } = "250 2.0.0 queued as 4F2A";

        public Exception? Fails { get; set; }

        public Action Sending { get; set; } = () => { };

        public string Name => "mail";

        public bool Reaches(CustomerContact contact) => contact.Mail.Length > 0;

        public Task<string> SendAsync(CustomerContact contact, RenderedNotice letter, CancellationToken cancel)
        {
            Sending();
            Asked.Add(letter.Id);
            if (Fails is { } failure)
            {
                throw failure;
            }

            Sent.Add((contact, letter));
            return Task.FromResult(Says);
        }
    }

    private sealed class RecordingLogger : ILogger<NoticeDelivery>
    {
        public string Text { get; private set; } = "";

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) =>
            Text += formatter(state, exception) + exception + "\n";
    }
}

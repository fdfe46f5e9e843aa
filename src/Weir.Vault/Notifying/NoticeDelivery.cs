// SPDX-License-Identifier: Apache-2.0
//
// The vault's pipe to customers (rules.md R9): whose case it is, how he is reached, what he is told, sent, noted. Who
// asks learns what became of it and nothing of the customer. One delivery at a time, so that a step asked for twice at
// once is sent once.
using System.Globalization;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Clients;
using Weir.Contracts.Notices;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;
using Weir.Hosting.Channels;
using Weir.Vault.Chain;
using Weir.Vault.Sealing;
using Weir.Vault.Texts;
using Weir.Wire;

namespace Weir.Vault.Notifying;

/// <summary>What deliveries need.</summary>
/// <param name="Seals">Whose a case is.</param>
/// <param name="Notified">What was delivered.</param>
/// <param name="Texts">What they are told.</param>
/// <param name="Way">How customers are told; null where neither contacts nor notices are configured.</param>
internal sealed record NoticeDeliveryComponents(
    CaseSealStore Seals, NoticeLedger Notified, TextCatalogue Texts, NoticeDeliveryDependencies? Way);

/// <summary>Delivers. Safe for any thread.</summary>
internal sealed class NoticeDelivery(
    NoticeDeliveryComponents parts, IAuditLog audit, TimeProvider time, ILogger<NoticeDelivery> log) : IDisposable
{
    /// <summary>What the desk is told where the vault sends no notices.</summary>
    public const string NotConfigured =
        "the vault is not configured to tell customers; set vault.notices and vault.contacts there";

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Queue<DateTimeOffset> _minute = [];
    private readonly NoticeText? _text =
        parts.Way is { Terms: { } terms } ? new NoticeText(parts.Texts, terms) : null;

    /// <summary>Once for each case and step, whoever asks again.</summary>
    /// <param name="notice">What is told.</param>
    /// <param name="asker">Who asks, for the record.</param>
    /// <param name="cancel">Ends the wait for a turn; a delivery that began goes on.</param>
    /// <exception cref="VaultRefusedException">The case has no key here.</exception>
    /// <exception cref="AuditException">It could not be recorded: nothing was sent.</exception>
    public async Task<NoticeReceipt> DeliverAsync(CustomerNotice notice, Asker asker, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            if (parts.Notified.Find(notice.Case, notice.Step) is { } before)
            {
                return before with { Outcome = NoticeOutcome.Before };
            }

            return await TryAsync(notice, asker);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Waits for a delivery that is under way, so that a stop does not cost a second mail.</summary>
    public async Task SettleAsync(TimeSpan patience)
    {
        if (await _turn.WaitAsync(patience))
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<NoticeReceipt> TryAsync(CustomerNotice notice, Asker asker)
    {
        var now = time.GetUtcNow();
        var step = NoticeNames.ToName(notice.Step);
        var entry = asker.Entry(AuditActions.Notify, step) with
        {
            Purpose = Purposes.ToName(notice.Facts.Purpose),
            Case = notice.Case.ToString(),
            Scope = notice.Scope.ToString(),
        };
        if (parts.Way is not { Way: { } way, Terms: { } terms } notices)
        {
            await audit.AppendAsync(
                entry with { Outcome = NoticeNames.ToName(NoticeOutcome.Refused),
                    Reason = $"{entry.Reason}: not configured" },
                CancellationToken.None);
            return new(NoticeOutcome.Refused, "", NotConfigured, "", "", now);
        }

        if (parts.Seals.Open(notice.Case) is not { } subject)
        {
            await audit.AppendAsync(
                entry with { Outcome = DenyCodes.ToName(DenyCode.Unknown) }, CancellationToken.None);
            throw new VaultRefusedException(
                DenyCode.Unknown,
                $"{notice.Case} has no key here: it was never sealed, or it is closed and its key destroyed");
        }

        if (notices.Contacts.Find(subject) is not { } contact || !way.Reaches(contact))
        {
            await audit.AppendAsync(
                entry with { Outcome = NoticeNames.ToName(NoticeOutcome.NoContact) }, CancellationToken.None);
            return new(
                NoticeOutcome.NoContact, way.Name, $"the contacts of the vault have no {way.Name} for the line", "",
                "", now);
        }

        if (!HasRoom(now, terms.MaxPerMinute))
        {
            return new(
                NoticeOutcome.Later, way.Name,
                string.Create(CultureInfo.InvariantCulture, $"the vault sends {terms.MaxPerMinute} notices a minute"),
                "", "", now);
        }

        await audit.AppendAsync(entry with { Reason = $"{entry.Reason} by {way.Name}" }, CancellationToken.None);
        _minute.Enqueue(now);
        return await SendAsync(notice, subject, contact, way, terms);
    }

    private async Task<NoticeReceipt> SendAsync(
        CustomerNotice notice, SealedSubject subject, CustomerContact contact, INoticeChannel way,
        NoticeDeliveryOptions terms)
    {
        var step = NoticeNames.ToName(notice.Step);
        var (title, plain, html) = _text!.Write(notice, contact);
        var digest = parts.Seals.Digest(notice.Case, $"{title}\n{plain}\n{html}");
        var letter = new RenderedNotice(
            $"notice.{parts.Seals.Digest(notice.Case, $"notice {step}")[..32]}", step,
            subject.Line.Length > 0 ? subject.Line : subject.Subject.ToString(), title, plain, html);
        using var patience = new CancellationTokenSource(terms.Patience, time);
        try
        {
            var said = NoticeReply.Without(contact, await way.SendAsync(contact, letter, patience.Token));
            var proof = new NoticeReceipt(
                NoticeOutcome.Delivered, way.Name, NoticeReply.Codes(said), digest, contact.Language, time.GetUtcNow());
            parts.Notified.Note(notice.Case, notice.Step, proof, said);
            return proof;
        }
        catch (ChannelException refused)
        {
            var said = NoticeReply.Without(contact, refused.Message);
            log.NoticeNotTaken(notice.Case.ToString(), step, way.Name, said);
            return new(
                refused.IsPermanent ? NoticeOutcome.Refused : NoticeOutcome.Later, way.Name,
                NoticeReply.Codes(said) is { Length: > 0 } codes ? codes : "the station did not take it",
                "", contact.Language, time.GetUtcNow());
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            log.NoticeNotTaken(notice.Case.ToString(), step, way.Name, "no answer in time");
            return new(
                NoticeOutcome.Later, way.Name, "the station did not answer in time", "", contact.Language,
                time.GetUtcNow());
        }
    }

    private bool HasRoom(DateTimeOffset now, int most)
    {
        while (_minute.TryPeek(out var first) && (now - first >= TimeSpan.FromMinutes(1) || first > now))
        {
            _ = _minute.Dequeue();
        }

        return _minute.Count < most;
    }
}

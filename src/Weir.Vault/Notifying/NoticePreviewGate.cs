// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Notices;
using Weir.Contracts.Protocol;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Serving;
using Weir.Vault.Texts;

namespace Weir.Vault.Notifying;

/// <summary>Shows the desk what customers read of a step. The facts are invented: nobody is in it.</summary>
internal sealed class NoticePreviewGate(TextCatalogue texts, NoticeDeliveryOptions settings)
{
    private const string Usual = "en";

    public Task<NoticeExample?> AnswerAsync(PeerCall call, CancellationToken cancel)
    {
        var step = NoticeNames.TryParse(call.Query("step") ?? "", out NoticeStep named) ? named
            : throw PeerRefusalException.Malformed($"'{call.Query("step")}' is not a step");
        var language = call.Query("language") is { } wanted && texts.Languages.Contains(wanted) ? wanted : Usual;
        var (subject, plain, _) = NoticeSample.Write(texts, settings, step, language);
        return Task.FromResult<NoticeExample?>(new(
            language, [.. texts.Languages.Order(StringComparer.Ordinal)], subject, plain));
    }
}

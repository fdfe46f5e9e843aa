// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Configuring;
using Weir.Contracts.Notices;
using Weir.Vault.Notifying;
using Weir.Vault.Texts;

namespace Weir.Cli.Commands.Notices;

/// <summary>A notice with invented facts, for who writes templates.</summary>
internal static class NoticePreview
{
    /// <exception cref="OperatorException">The step, the language or a template is none.</exception>
    public static (string Subject, string Plain, string Html) Write(
        NoticeDeliveryOptions settings, string word, string language)
    {
        var step = NoticeNames.TryParse(word, out NoticeStep known) ? known
            : throw new OperatorException($"--step '{word}' is none; write one of "
                + $"{string.Join(", ", Enum.GetValues<NoticeStep>().Select(NoticeNames.ToName))}");
        try
        {
            var templates = TextCatalogue.Read(settings.Templates);
            if (!templates.Languages.Contains(language))
            {
                throw new OperatorException($"--language '{language}' has no texts; there are "
                    + $"{string.Join(", ", templates.Languages.Order(StringComparer.Ordinal))}");
            }

            return NoticeSample.Write(templates, settings, step, language);
        }
        catch (InvalidDataException fault)
        {
            throw new OperatorException(fault.Message);
        }
    }
}

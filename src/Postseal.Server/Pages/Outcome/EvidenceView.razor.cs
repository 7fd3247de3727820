namespace Postseal.Server.Pages.Outcome;

/// <summary>The raw texts and certificates, on demand.</summary>
public sealed partial class EvidenceView
{
    private TextsModel StsTexts => new($"_mta-sts.{Model.Domain}", Model.Texts.MtaSts, Model.Record?.Text);

    private TextsModel ReportTexts => new($"_smtp._tls.{Model.Domain}", Model.Texts.Tlsrpt, Model.Tlsrpt?.Text);
}

"""The one error a rule of the trade raises."""


class RuleBroken(Exception):
    """A rule of the trade refused a write.

    `sentence` is written for the person in front of the screen: it names what is wrong and what to do.
    `field` names the form field it belongs to, or is empty when it concerns the whole form.
    """

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field
